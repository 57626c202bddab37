(() => {
  const field = document.getElementById("filter");
  if (!field) return;
  field.closest("p").hidden = false;
  const arms = [...document.querySelectorAll(".arm")];
  const groups = [...document.querySelectorAll(".group")];
  const found = document.getElementById("found");
  const show = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const arm of arms) {
      arm.hidden = !words.every((word) => arm.dataset.search.includes(word));
      count += arm.hidden ? 0 : 1;
    }
    for (const group of groups) group.hidden = !group.querySelector(".arm:not([hidden])");
    found.value = `${count} of ${arms.length} arms`;
  };
  field.addEventListener("input", show);
  show();
})();
