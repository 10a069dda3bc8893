// Adds buttons that copy a quotation. Without this script, or where a browser lets no page copy, nothing is missing:
// the blocks can be selected, and every link 引用 leads to them.
"use strict";

(function () {
  if (!navigator.clipboard) return;
  const status = document.querySelector("[data-copy-status]");

  function say(button, words) {
    button.textContent = words;
    status.textContent = words;
    setTimeout(() => { button.textContent = button.dataset.label; }, 2500);
  }

  function buttonThatCopies(label, name, give) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = button.dataset.label = label;
    if (name) button.setAttribute("aria-label", name);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(await give());
        say(button, "已复制");
      } catch {
        say(button, "没能复制，请选中文字再复制");
      }
    });
    return button;
  }

  async function quotation(citePage) {
    const answer = await fetch(`${citePage}.txt`);
    if (!answer.ok) throw new Error(answer.status);
    return (await answer.text()).split("\n")[0];
  }

  for (const block of document.querySelectorAll(".citation")) {
    const text = block.querySelector("textarea");
    const label = block.querySelector("label").textContent;
    block.querySelector("h2").after(buttonThatCopies("复制", `复制${label}`, () => text.value));
  }
  for (const link of document.querySelectorAll(".unit > .quote")) {
    const name = link.getAttribute("aria-label").replace("引用", "复制引文：");
    link.after(buttonThatCopies("复制", name, () => quotation(link.href)));
  }
})();
