// Says in words when a passkey or security key did not confirm; allauth only writes to the console.
(() => {
  const sentence = document.currentScript.dataset.failed;
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    document.querySelector("pp-toasts")?.show?.(sentence, "error");
  });
})();
