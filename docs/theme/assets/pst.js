/* A picture that is wider than the screen is shown from its middle, where a procedure begins: its
   corner is empty, and on a phone nothing else would be seen. */
for (const box of document.querySelectorAll(".pst-wide")) {
  new ResizeObserver(() => {
    box.scrollLeft = (box.scrollWidth - box.clientWidth) / 2
  }).observe(box)
}
