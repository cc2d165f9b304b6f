// How Chromium is started, everywhere the same: headless, and silent towards its maker's servers.
const BROWSER_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
export const LAUNCH = { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: BROWSER_FLAGS, headless: true };
