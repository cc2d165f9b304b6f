// What a screen loses where it is small: run in the page, it names what sticks out, is cut off or lies under something else.

/** Elements that stick out of the window sideways, and controls that lie over one another. */
export function lost() {
  const problems = [];
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > width + 1) problems.push(`the page scrolls sideways: ${document.documentElement.scrollWidth} of ${width} px`);
  for (const one of document.querySelectorAll(".sheet, .panel__body, main")) {
    if (one.checkVisibility() && one.scrollWidth > one.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(one).overflowX)) problems.push(`${one.className} scrolls sideways: ${one.scrollWidth} of ${one.clientWidth} px`);
  }
  // What lies under a modal dialog cannot be reached, and need not be.
  const room = document.querySelector("dialog[open]") ?? document;
  const controls = [...room.querySelectorAll("a[href], button, input, select, textarea, [role=slider]")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 1 && box.height > 1 && one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !one.closest("[inert], .vh, .skip, [aria-hidden=true]");
  });
  const name = (one) => `${one.tagName.toLowerCase()} "${(one.getAttribute("aria-label") ?? one.textContent).trim().slice(0, 30)}"`;
  const inScroller = (one) => {
    for (let up = one.parentElement; up; up = up.parentElement) if (/auto|scroll/.test(getComputedStyle(up).overflowX) && up.scrollWidth > up.clientWidth) return true;
    return false;
  };
  for (const one of controls) {
    const box = one.getBoundingClientRect();
    if (!inScroller(one) && (box.left < -1 || box.right > width + 1)) problems.push(`${name(one)} sticks out: ${Math.round(box.left)} to ${Math.round(box.right)} of ${width}`);
    if (one.scrollWidth > one.clientWidth + 2 && getComputedStyle(one).overflowX === "hidden" && getComputedStyle(one).textOverflow !== "ellipsis" && one.tagName === "BUTTON") problems.push(`${name(one)} cuts its words off`);
  }
  // A control is reachable when its middle, scrolled into view, is itself; a surface as wide as the picture, when any part of it is:
  // a clip that stands has its controls in the middle of the surface that starts it again.
  const above = (one, x, y) => {
    if (x < 0 || y < 0 || x > innerWidth || y > innerHeight) return null;
    const top = document.elementFromPoint(x, y);
    return top && !one.contains(top) && !top.contains(one) && !top.closest("label")?.contains(one) ? top : null;
  };
  const over = (one) => {
    const box = one.getBoundingClientRect();
    const parts = box.width * box.height > (innerWidth * innerHeight) / 4 ? [0.5, 0.2, 0.35, 0.65, 0.8] : [0.5];
    const tops = parts.map((part) => above(one, box.left + box.width / 2, box.top + box.height * part));
    return tops.every(Boolean) ? tops[0] : null;
  };
  for (const one of controls) {
    // What a bar covers for now comes out from under it by scrolling.
    if (over(one)) one.scrollIntoView({ block: "center", behavior: "instant" });
    const top = over(one);
    if (top) problems.push(`${name(one)} lies under ${name(top.closest("a, button, [class]") ?? top)}`);
  }
  return problems;
}
