// Menus are native popovers; this adds arrow keys, focus, and a place for browsers without CSS anchors.
(() => {
  const items = (menu) => [...menu.querySelectorAll("a[href], button:not([disabled])")];
  const button = (menu) => document.querySelector(`[popovertarget="${menu.id}"]`);
  const anchored = CSS.supports("position-area: block-end");

  function place(menu) {
    const opener = button(menu);
    if (anchored || !opener) return;
    const box = opener.getBoundingClientRect();
    menu.style.top = `${box.bottom}px`;
    menu.style.left = `${Math.max(8, Math.min(box.left, window.innerWidth - menu.offsetWidth - 8))}px`;
  }

  document.addEventListener(
    "toggle",
    (event) => {
      const menu = event.target;
      if (!(menu instanceof HTMLElement) || !menu.matches(".pp-menu")) return;
      const open = event.newState === "open";
      button(menu)?.setAttribute("aria-expanded", String(open));
      if (open) {
        place(menu);
        items(menu)[0]?.focus();
      } else if (document.activeElement === document.body || menu.contains(document.activeElement)) {
        button(menu)?.focus();
      }
    },
    true,
  );

  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.(".pp-menu");
    if (!menu || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    const all = items(menu);
    const here = all.indexOf(document.activeElement);
    const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[event.key];
    all[(next + all.length) % all.length]?.focus();
  });
})();
