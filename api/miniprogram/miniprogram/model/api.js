// The server's interface, one function a call; every promise rejects with a Problem.

import { authorised, send } from "./account.js";

const part = encodeURIComponent;

/** @param {string} path */
async function get(path) {
  return JSON.parse((await send({ path })).text);
}

/** @param {string} law @param {string} edition @param {string} label */
export const article = (law, edition, label) => get(`/laws/${part(law)}/editions/${part(edition)}/articles/${part(label)}`);
export const guides = () => get("/guides");
/** @param {string} slug */
export const guide = (slug) => get(`/guides/${part(slug)}`);
/** @returns {Promise<Office>} */
export const office = () => get("/office");
/** @param {{message_id: string, rating: number, reasons: string[], text: string}} data */
export const rate = (data) => send({ path: "/feedback", method: "POST", data });
/** @param {string} conversation */
export const forget = (conversation) => send({ path: `/conversations/${part(conversation)}`, method: "DELETE" });

/** @param {{text: string, message_id: string, notify: boolean}} data @returns {Promise<number>} the inquiry's number */
export async function inquire(data) {
  return JSON.parse((await authorised({ path: "/wechat/inquiries", method: "POST", data })).text).number;
}

/** @returns {Promise<Inquiry[]>} */
export async function inquiries() {
  return JSON.parse((await authorised({ path: "/wechat/inquiries" })).text).inquiries;
}

export const forgetMe = () => authorised({ path: "/wechat/me", method: "DELETE" });

/** @param {string} path @param {unknown} data */
const post = async (path, data) => JSON.parse((await send({ path, method: "POST", data })).text);

/** @param {{name: string, type?: string, level?: string}} data */
export const checkName = (data) => post("/tools/name", data);
export const deadlines = () => get("/tools/deadlines");
/** @param {{event: string, start: string}} data */
export const deadline = (data) => post("/tools/deadline", data);
