// Put into every measured page before its own scripts, the same for all: sees slots come on screen and frames move.
// Times are milliseconds since navigation.
(() => {
  const frames = new WeakMap();
  const swipes = [];
  let firstMoving = null;
  let slot = 0;
  let open = null;

  // The video that covers most of the screen.
  const onScreen = () => {
    let best = null;
    let bestHeight = 0;
    for (const video of document.querySelectorAll("video")) {
      const box = video.getBoundingClientRect();
      const height = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
      const width = Math.min(box.right, innerWidth) - Math.max(box.left, 0);
      if (width > 100 && height > bestHeight && video.checkVisibility({ visibilityProperty: true })) {
        bestHeight = height;
        best = video;
      }
    }
    return best;
  };

  // The list that snaps: looked for until it is there.
  let list = null;
  const scroller = () => {
    if (list?.isConnected) return list;
    const snaps = (element) =>
      element.clientHeight > innerHeight * 0.6 &&
      element.scrollHeight > element.clientHeight + 1 &&
      getComputedStyle(element).scrollSnapType.startsWith("y");
    list = [...document.querySelectorAll("html, body, body *")].find(snaps) ?? null;
    return list;
  };

  const follow = (video) => {
    const seen = { src: null, mediaTime: null };
    frames.set(video, seen);
    const frame = (now, { mediaTime }) => {
      const moved = seen.src === video.currentSrc && seen.mediaTime !== null && mediaTime > seen.mediaTime;
      seen.src = video.currentSrc;
      seen.mediaTime = mediaTime;
      // The frame is on screen at the end of this rendering: performance.now(), not the frame's start.
      if (moved && video === onScreen()) {
        const at = performance.now();
        firstMoving ??= { at, src: video.currentSrc };
        if (open && video.currentSrc !== open.from) {
          swipes.push({ slot: open.slot, visibleAt: open.at, movingAt: at, ms: at - open.at, src: video.currentSrc });
          open = null;
        }
      }
      video.requestVideoFrameCallback(frame);
    };
    video.requestVideoFrameCallback(frame);
  };

  let lastOnScreen = null;
  const look = () => {
    for (const video of document.querySelectorAll("video")) if (!frames.has(video)) follow(video);
    const video = onScreen();
    const box = scroller();
    if (box) {
      // 60 % of the next slot shows.
      const at = box.scrollTop / box.clientHeight;
      const now = Math.floor(at + 0.4);
      if (now !== slot) {
        if (now > slot) open = { slot: now, at: performance.now(), from: lastOnScreen };
        slot = now;
      } else if (!open && video && Math.abs(at - slot) < 0.1) {
        // What was watched before the finger came: its frames are not the next clip's.
        lastOnScreen = video.currentSrc;
      }
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);

  // Seconds of the file on screen that were played since it was put there.
  const watched = () => {
    const video = onScreen();
    let played = 0;
    for (let part = 0; part < (video?.played.length ?? 0); part += 1) {
      played += video.played.end(part) - video.played.start(part);
    }
    return { src: video?.currentSrc, played, duration: video?.duration, ended: video?.ended };
  };

  window.minnowBench = {
    watched,
    report: () => ({
      firstMoving,
      swipes,
      slot,
      waiting: open,
      scrollTop: list?.scrollTop,
      paused: onScreen()?.paused,
      watching: onScreen()?.currentSrc ?? null,
      at: onScreen()?.currentTime ?? null,
      videos: document.querySelectorAll("video").length,
    }),
  };
})();
