// A worker of the older kind, which can import scripts from anywhere while it runs.

onmessage = ({ data }) => {
  try {
    importScripts(data);
    postMessage({ held: false, seen: 'it worked' });
  } catch (error) {
    postMessage({ held: true, seen: String(error) });
  }
};
