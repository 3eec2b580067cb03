// 24 × 24, drawn with a line of 1.75.
const PATHS = {
  alert: "M12 8v5m0 3.5v.01M10.3 4.2 2.9 17a2 2 0 0 0 1.7 3h14.8a2 2 0 0 0 1.7-3L13.7 4.2a2 2 0 0 0-3.4 0Z",
  archive: "M4 8v10a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V8M3 4h18v4H3V4Zm7 8h4",
  arrowLeft: "M19 12H5m6 6-6-6 6-6",
  bell: "M6 9a6 6 0 1 1 12 0c0 5 2 6 2 7H4c0-1 2-2 2-7Zm4 11a2 2 0 0 0 4 0",
  calendar: "M4 6h16v14H4V6Zm0 5h16M8 3v4m8-4v4",
  chart: "M4 20h16M7 20v-7m5 7V5m5 15v-10",
  check: "m5 12.5 4.5 4.5L19 7.5",
  chevronDown: "m6 9 6 6 6-6",
  chevronLeft: "m15 6-6 6 6 6",
  chevronRight: "m9 6 6 6-6 6",
  clock: "M12 7v5l3 2m6-2a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
  close: "m6 6 12 12M18 6 6 18",
  cloudOff: "m4 4 16 16M8 8.5A5 5 0 0 0 7.5 18H17M10.5 6.3A5.5 5.5 0 0 1 17.4 11 3.8 3.8 0 0 1 20 17",
  copy: "M9 9h11v11H9V9Zm-4 6H4V4h11v1",
  device: "M4 5h16v11H4V5Zm5 15h6m-3-4v4",
  download: "M12 4v11m-5-5 5 5 5-5M4 20h16",
  edit: "M4 20h4L19 9l-4-4L4 16v4Zm9-13 4 4",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Zm12.5 0a3 3 0 1 1-6 0 3 3 0 0 1 6 0Z",
  eyeOff:
    "m4 4 16 16M10 5.7A9 9 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-2.6 3.4M6.5 7.5A17 17 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 4.5-1.2M9.9 9.9a3 3 0 0 0 4.2 4.2",
  filter: "M4 6h16M7 12h10m-7 6h4",
  flag: "M5 21V4m0 1h12l-2 4 2 4H5",
  globe: "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0ZM3.5 12h17M12 3c5 5 5 13 0 18-5-5-5-13 0-18Z",
  info: "M12 11v5m0-8.5v.01M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
  key: "M12 16a4.5 4.5 0 1 1-9 0 4.5 4.5 0 0 1 9 0Zm-1.3-3.2L20 3.5m-2.8 2.8 2.6 2.6m-6.1.9 2.2 2.2",
  link: "M10 14a4 4 0 0 0 5.7 0l3.1-3.1a4 4 0 0 0-5.7-5.7L12 6.3m2 3.7a4 4 0 0 0-5.7 0l-3.1 3.1a4 4 0 0 0 5.7 5.7l1.1-1.1",
  list: "M9 6h11M9 12h11M9 18h11M4.5 6v.01M4.5 12v.01M4.5 18v.01",
  lock: "M6 11h12v9H6v-9Zm2 0V8a4 4 0 0 1 8 0v3",
  logOut: "M10 4H5v16h5m5-4 4-4-4-4m4 4H9",
  mail: "M3 6h18v13H3V6Zm0 1 9 6.5L21 7",
  minus: "M5 12h14",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z",
  more: "M5.5 12v.01M12 12v.01M18.5 12v.01",
  note: "M5 7h14M5 12h14M5 17h8",
  plus: "M12 5v14M5 12h14",
  refresh: "M4 5v5h5m11 9v-5h-5M5 14a7.5 7.5 0 0 0 13.5 2M19 10A7.5 7.5 0 0 0 5.5 8",
  search: "m20 20-4.5-4.5m2-5a7 7 0 1 1-14 0 7 7 0 0 1 14 0Z",
  settings:
    "M4 7h9m5 0h2M4 17h2m5 0h9M18 7a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0Zm-7 10a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0Z",
  shield: "M12 3 5 6v5c0 5 3 8 7 10 4-2 7-5 7-10V6l-7-3Z",
  sort: "M7 4v16m-3-3 3 3 3-3m7 3V4m-3 3 3-3 3 3",
  sun: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0Zm-4-9v2m0 14v2m9-9h-2M5 12H3m15.4-6.4L17 7M7 17l-1.4 1.4m12.8 0L17 17M7 7 5.6 5.6",
  tag: "M4 4h8l8 8-8 8-8-8V4Zm4.5 4.5v.01",
  trash: "M4 7h16M9 7V4h6v3m3 0-1 13H7L6 7m4 4v5m4-5v5",
  upload: "M12 20V9m5 5-5-5-5 5M4 4h16",
  user: "M16 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0ZM4 21c.5-4 3.5-6 8-6s7.5 2 8 6",
  users:
    "M13 8a4 4 0 1 1-8 0 4 4 0 0 1 8 0ZM2 21c.3-4 3-6 7-6s6.7 2 7 6m-1-16.8a4 4 0 0 1 0 7.6M22 21c-.3-3-1.5-4.8-4-5.6",
} as const;

export type IconName = keyof typeof PATHS;

/** A picture that says nothing by itself: give its control a name. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
