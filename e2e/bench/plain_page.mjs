// The floor: the least page that plays clips one swipe at a time. `<video preload="auto">` in a CSS scroll-snap list,
// and one IntersectionObserver that plays what is on screen. No frame could come earlier without knowing more.

/** @param clips addresses of the clips' files, in order. */
export function plainPage(clips) {
  const video = (src, index) =>
    `<section><video src="${src}" preload="auto" muted playsinline loop${index === 0 ? " autoplay" : ""}></video></section>`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Plain page</title>
<link rel="icon" href="data:,">
<style>
html, body { height: 100%; margin: 0; background: #000; overflow: hidden }
main { height: 100%; overflow-y: scroll; scroll-snap-type: y mandatory }
section { height: 100%; scroll-snap-align: start; scroll-snap-stop: always }
video { display: block; width: 100%; height: 100%; object-fit: contain }
</style>
<main>
${clips.map(video).join("\n")}
</main>
<script>
const seen = new IntersectionObserver((entries) => {
  for (const { target, intersectionRatio } of entries) intersectionRatio >= 0.6 ? target.play() : target.pause();
}, { threshold: 0.6 });
document.querySelectorAll("video").forEach((video) => seen.observe(video));
</script>
</html>
`;
}
