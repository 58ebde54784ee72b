// Messages at the edge of the page: each can be closed; confirmations leave by themselves, errors stay.
(() => {
  class Toasts extends HTMLElement {
    connectedCallback() {
      for (const toast of this.querySelectorAll(".pp-toast")) this.prepare(toast);
      new MutationObserver((changes) => {
        for (const node of changes.flatMap((change) => [...change.addedNodes])) {
          if (node instanceof HTMLElement && node.matches(".pp-toast")) this.prepare(node);
        }
      }).observe(this, { childList: true });
      document.body.addEventListener("toast", (event) => this.show(event.detail.message || event.detail.value, event.detail.kind));
    }

    prepare(toast) {
      if (toast.querySelector(".pp-toast-close")) return;
      const close = document.createElement("button");
      close.type = "button";
      close.className = "pp-toast-close";
      close.setAttribute("aria-label", this.dataset.close || "Close");
      close.textContent = "×";
      close.addEventListener("click", () => toast.remove());
      toast.append(close);
      // A message that offers something (undo) waits for the person, like a warning.
      if (!toast.matches(".pp-toast-error, .pp-toast-warning, :has(form, a)")) this.leave(toast);
    }

    leave(toast) {
      const wait = () => window.setTimeout(() => (toast.matches(":hover, :focus-within") ? wait() : toast.remove()), 9000);
      wait();
    }

    show(message, kind = "success") {
      if (!message) return;
      const toast = document.createElement("div");
      toast.className = `pp-toast pp-toast-${kind}`;
      toast.setAttribute("role", kind === "error" ? "alert" : "status");
      const text = document.createElement("p");
      text.textContent = message;
      toast.append(document.createElement("span"), text);
      this.append(toast);
    }

    failed(xhr) {
      const reference = xhr?.getResponseHeader("X-Request-ID");
      this.show(`${this.dataset.failed || "That did not work; nothing was changed."}${reference ? ` (${reference})` : ""}`, "error");
    }
  }
  customElements.define("pp-toasts", Toasts);
})();
