// Beside the time zone of a tenant's days stands how the reader's own differs from it, which only the browser knows.

const minutesBehindUtc = (zone, now) => {
    const parts = new Intl.DateTimeFormat("en-US", {
        timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric",
    }).formatToParts(now);
    const part = (name) => Number(parts.find((each) => each.type === name).value);
    const there = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"));
    return Math.floor(now / 60000) - there / 60000;
};

const said = (minutes) => {
    const hours = Math.floor(Math.abs(minutes) / 60), rest = Math.abs(minutes) % 60;
    const time = [hours && `${hours} h`, rest && `${rest} min`].filter(Boolean).join(" ");
    return `${time} ${minutes > 0 ? "ahead of" : "behind"} you`;
};

for (const place of document.querySelectorAll("[data-time-zone]")) {
    const now = new Date();
    const minutes = now.getTimezoneOffset() - minutesBehindUtc(place.dataset.timeZone, now);
    if (minutes) place.append(` (${said(minutes)})`);
}
