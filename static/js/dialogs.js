// Opens dialogs from [data-dialog-open]. A link keeps its address for people without script and for new tabs.
(() => {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
      const dialog = document.getElementById(opener.dataset.dialogOpen);
      if (!(dialog instanceof HTMLDialogElement)) return;
      event.preventDefault();
      dialog.showModal();
      return;
    }
    const closer = event.target.closest("[data-dialog-close]");
    if (closer) {
      event.preventDefault();
      closer.closest("dialog")?.close();
    }
    if (event.target instanceof HTMLDialogElement && event.target.matches(".pp-dialog")) event.target.close();
  });
  // Print and "select all" controls are plain buttons that only script can serve.
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
  document.addEventListener("change", (event) => {
    const all = event.target.closest("[data-check-all]");
    if (all) {
      for (const box of document.querySelectorAll(`input[name="${CSS.escape(all.dataset.checkAll)}"]`)) box.checked = all.checked;
    }
  });
})();
