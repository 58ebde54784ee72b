// Keys: "/" and Ctrl K go to the search. They are quiet inside fields.
(() => {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const palette = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k";
    if (!palette && (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey)) return;
    const search = document.getElementById("search");
    if (!search) return;
    event.preventDefault();
    search.focus();
    search.select();
  });
})();
