// Generated from crates/mutiny-core/src/view.rs. Do not edit; run `make types`.

/** Who this host is: the person's own card. */
export type Me = {
    /** The peer id, in libp2p's base58 form. */
    id: string,
    /** The name that other people see. */
    name: string,
    /** The contact link (`mutiny:` URI) that another person needs to add this one. */
    link: string,
    /** The contact link as a QR code, as a standalone SVG document. */
    qr: string,
    /** The profile this host runs in. */
    profile: string,
};

/** Damage to the database that the person should know of. */
export type Damage = { "kind": "met",
    /** The database's file. */
    file: string, } | { "kind": "set-aside",
    /** The folder that it is in now, with all that belongs to it. */
    folder: string,
    /** When. */
    at: number,
};

/** How a peer is reached right now. */
export type Presence = "online" | "offline";

/** What the person of this host thinks of a peer. */
export type Trust = "none" | "friend" | "blocked";

/** One open connection with a peer, for "Details". */
export type PeerConnection = {
    /** Where the peer is, as this host sees it. A libp2p multiaddr. */
    address: string,
    /** That is this machine, or on one of its networks. */
    nearby: boolean,
    /** No other peer passes it on. */
    direct: boolean,
    /** This host called; otherwise the peer did. */
    outgoing: boolean,
};

/** Another person's host. */
export type Peer = {
    /** The peer id, in libp2p's base58 form. */
    id: string,
    /** The name to show: the person's own for it, or the one the peer gives itself, or a short form of its id. */
    name: string,
    /** What the person of this host calls it. Apps are not told. */
    ownName: string | null,
    /** The name that the peer gives itself, once known. */
    says: string | null,
    /** Connected or not. */
    presence: Presence,
    /** What the person of this host thinks of it. */
    trust: Trust,
    /** On the same network (found by mDNS, or connected through an address of it). */
    nearby: boolean,
    /** When it was last connected, if ever. */
    lastSeen: number | null,
    /** Addresses it was reached at or announced, for "Details". libp2p multiaddrs. */
    addresses: Array<string>,
    /** The connections that are open now. */
    connections: Array<PeerConnection>,
    /** Messages of all instances that wait for it, counted up to 1,000. */
    waiting: number,
};

/** Where a message goes to or comes from: an instance at a peer. */
export type Address = {
    /** The peer id, in libp2p's base58 form. */
    peer: string,
    /** The instance at that peer. */
    instance: string,
};

/** What an app's manifest says of it. */
export type App = {
    /** The manifest's `id`, or one made from the folder's name. */
    id: string,
    /** The manifest's `name`, or the folder's. */
    name: string,
    /** Semantic version; `0.0.0` where there is no manifest. */
    version: string,
    /** One sentence, where the manifest has one. */
    description: string | null,
    /** Hash over every file's path and content, `sha256-` and hex. */
    hash: string,
    /** Who may send to its instances, besides whom they invited. */
    accepts: Accepts,
    /** What the app asks the person for, by the manifest's names (`peers`, …). */
    permissions: Array<string>,
};

/** One installed, running identity of an app on this host. */
export type Instance = {
    /** The instance's UUID; its window's origin is `mutiny-app://<id>/`. */
    id: string,
    /** The app, as its folder was read last. */
    app: App,
    /** What the person calls this instance; the app's name until renamed. */
    label: string,
    /** The folder it is opened from; `null` where this host keeps the app's package itself. */
    folder: string | null,
    /** The version it can go back to: the one before its last update. */
    previousVersion: string | null,
    /** Inbox entries not yet taken by the app. */
    unread: number,
    /** Own messages not yet delivered or failed. */
    waiting: number,
    /** Its window is open. */
    open: boolean,
    /** Its window is open, and its page stopped working. */
    crashed: boolean,
    /** Last time it was opened, sent or was sent something. */
    lastActive: number,
    /** Why it cannot be opened at the moment (its folder is gone, say), as a sentence. */
    problem: string | null,
};

/** What became of an invitation that this host received. */
export type Answer = "open" | "accepted" | "declined";

/** An invitation from another person's instance, as the launcher shows it. */
export type Invitation = {
    /** Stable id of this invitation on this host. */
    id: string,
    /** Who invites: the peer and its instance. */
    from: Address,
    /** The inviting peer's name. */
    fromName: string,
    /** Id of the app it is for. */
    appId: string,
    /** The app's name, as the inviter's manifest says. */
    appName: string,
    /** The inviter's version of the app. */
    appVersion: string,
    /** Hash of the inviter's package. */
    appHash: string,
    /** When it arrived. */
    received: number,
    /** What became of it. */
    answer: Answer,
    /** The own instance it was accepted with. */
    instance: string | null,
    /** Own instances of the same app: the ones it can be accepted with. */
    candidates: string[],
};

/** How to accept an invitation. */
export type Acceptance = { "with": "existing",
    /** One of the invitation's `candidates`. */
    instance: string, } | { "with": "new" } | { "with": "folder",
    /** Absolute path of the app's folder, or of its package file. */
    folder: string, } | { "with": "fetched" };

/** An app that the person wants from an inviter, until the invitation is answered. */
export type Transfer = {
    /** The invitation it is for. */
    invitation: string,
    /** How far it is. */
    state: TransferState,
};

/** How far the fetching of an app is. */
export type TransferState = { "is": "waiting" } | { "is": "arriving",
    /** How many bytes are here. */
    done: number,
    /** How many it will be, once that is known. */
    total: number | null, } | { "is": "ready" } & Review | { "is": "failed",
    /** Why, as a sentence. */
    problem: string,
};

/** What the person should know of an app before its first run. */
export type Review = {
    /** The app, as its own manifest says. */
    app: App,
    /** The icon that it brings along, as a `data:` URL. */
    icon: string | null,
    /** How many files it has. */
    files: number,
    /** How large they are together, in bytes. */
    bytes: number,
};

/** What an instance may talk to: the other side of an accepted invitation, as the app sees it. */
export type Correspondent = {
    /** The other peer and, once it is known, its instance: `null` until the other side has accepted. */
    peer: string,
    /** The other side's instance; `null` until the other side has accepted. */
    instance: string | null,
    /** The other person's name. */
    name: string,
    /** Their host is connected right now. Sending works either way: messages wait. */
    online: boolean,
    /** The other side's version of the app, once known. */
    version: string | null,
};

/** The content of a message: a JSON value, or bytes. */
export type Body = { "type": "json", "value": JsonValue } | { "type": "bytes", "value": string };

/** Whether a message that failed may have arrived all the same. */
export type Outcome = "not-delivered" | "unknown";

/** Why a message was not delivered. */
export type FailureReason = "expired" | "unknown-instance" | "not-invited" | "blocked" | "too-large" | "malformed" | "forgotten" | "withdrawn";

/** An entry of an instance's inbox. */
export type Entry = { "kind": "message",
    /** Stable id of this entry: the message's id. */
    id: string,
    /** Who sent it. The peer is authenticated, never claimed. */
    from: Address,
    /** When its sender sent it, by the sender's clock. */
    sent: number,
    /** What it says. */
    body: Body, } | { "kind": "failure",
    /** Stable id of this entry. */
    id: string,
    /** The own message it is about. */
    message: string,
    /** Whom it was for. */
    to: Address,
    /** Why it failed. */
    reason: FailureReason,
    /** Whether it may have arrived all the same. */
    outcome: Outcome,
};

/** Where an own message stands. */
export type MessageState = "queued" | "delivered" | "failed";

/** Where an own message stands, as its app is told: its [`MessageState`], and what belongs to it. */
export type Status = { "state": "queued",
    /** The other person's host is connected: the message is on its way, or waits for room in the inbox there. */
    online: boolean,
    /** When that host is tried next; `null` while it is connected, while it is being tried, and where nothing is to be tried. */
    nextTry: number | null, } | { "state": "delivered" } | { "state": "failed",
    /** Why it failed. */
    reason: FailureReason,
    /** Whether it may have arrived all the same. */
    outcome: Outcome,
};

/** What of the host's state has changed; whoever shows it reads it anew. */
export type Topic = "me" | "peers" | "instances" | "invitations" | "settings" | "activity" | "permissions" | "transfers";

/** Who may send to an instance, besides whom it invited. */
export type Accepts = "invited" | "friends" | "nearby" | "anyone";

/** Which peers may reach this host at all. Blocked ones never may. */
export type PeerFilter = "anyone" | "nearby" | "friends";

/** What the person has set. A field that was never set has the value of [`Settings::default`]. */
export type Settings = {
    /** Which peers may reach this host. */
    reach: PeerFilter,
    /** The person has been asked what a new profile asks, or did not want to be. */
    introduced: boolean,
    /** Closing the launcher leaves the program in the tray, delivering, where the desktop has a tray. */
    keepRunning: boolean,
    /** The person was told that the program stays in the tray. */
    toldOfTray: boolean,
    /** The desktop notifies of new messages and invitations. */
    notifications: boolean,
};

/** Some of the settings: those that change. Which there are, and what they may be, is checked where they are set. */
export type SettingsChange = Partial<Settings>;

/** What an instance's page is woken for. */
export type AppEvent = { "type": "message" } | { "type": "delivery",
    /** The message. */
    id: string, } & ({ "state": "queued",
    /** The other person's host is connected: the message is on its way, or waits for room in the inbox there. */
    online: boolean,
    /** When that host is tried next; `null` while it is connected, while it is being tried, and where nothing is to be tried. */
    nextTry: number | null, } | { "state": "delivered" } | { "state": "failed",
    /** Why it failed. */
    reason: FailureReason,
    /** Whether it may have arrived all the same. */
    outcome: Outcome, }) | { "type": "peer" } | { "type": "invitation" } | { "type": "announcement" };

/** Limits an app can read and rely on. */
export type Limits = {
    /** Largest message, in bytes of its JSON text or of its bytes. */
    messageBytes: number,
    /** Largest value to announce, in bytes of its JSON text. */
    announcementBytes: number,
    /** Default time until a message is given up, in milliseconds. */
    deadline: number,
};

/** All an instance's page is told about itself when it loads. */
export type Introduction = {
    /** This instance's address. */
    address: Address,
    /** The name of this host's person. */
    name: string,
    /** What the person calls this instance. */
    label: string,
    /** The app this is an instance of. */
    app: App,
    /** What it may rely on. */
    limits: Limits,
};

/** A peer, as far as an app may see it. */
export type AppPeer = {
    /** The peer id, in libp2p's base58 form. */
    id: string,
    /** The name to show. */
    name: string,
    /** Connected right now. */
    online: boolean,
};

/** An error as the web side gets it. */
export type ErrorView = {
    /** Stable code, for programs: `UnknownInstance`, `TooLarge`, …. */
    code: string,
    /** A sentence, for people: what is wrong and what to do. */
    message: string,
};

/** What another instance of the same app announces. */
export type Announcement = {
    /** Who announces it. The peer is authenticated, never claimed. */
    from: Address,
    /** The other person's name. */
    name: string,
    /** The other side's version of the app. */
    version: string,
    /** What it says. */
    data: JsonValue,
    /** The two instances have accepted each other: messages go through. */
    correspondent: boolean,
};

/** Something an app may ask the person for, by declaring it in its manifest. The list is closed: a manifest that asks for
 * anything else is refused. */
export type Permission = "peers" | "notifications";

/** What the person said to a permission that an app declares. */
export type Decision = "unasked" | "granted" | "refused";

/** A permission that an instance's app declares, for the person's settings. */
export type Grant = {
    /** The instance it is for; another instance of the same app is asked for on its own. */
    instance: string,
    /** What the person calls the instance. */
    label: string,
    /** Id of its app. */
    appId: string,
    /** Name of its app. */
    appName: string,
    /** What it asks for. */
    permission: Permission,
    /** What the person said. */
    decision: Decision,
};

/** A person, as an app learns of whom was chosen. */
export type Person = {
    /** The peer id, in libp2p's base58 form. */
    id: string,
    /** The name to show. */
    name: string,
};

/** What an app wants of the person. */
export type Question = { "kind": "permission",
    /** What. */
    permission: Permission, } | { "kind": "invite" };

/** A question of an app, as the host's dialog shows it. */
export type Asking = {
    /** Id of the app that asks. */
    appId: string,
    /** Name of the app that asks. */
    appName: string,
    /** What the person calls the instance that asks. */
    label: string,
    /** What it wants. */
    question: Question,
    /** There are settings in which the person can change their mind: not in the peers of `mutiny dev`. */
    settings: boolean,
};

/** Somebody who can be chosen. */
export type Candidate = {
    /** The peer id, in libp2p's base58 form. */
    id: string,
    /** The name to show. */
    name: string,
    /** Connected right now. */
    online: boolean,
    /** On the same network. */
    nearby: boolean,
    /** Added by the person, or somebody an invitation was accepted of. */
    friend: boolean,
    /** The instance that asks has invited them already. */
    invited: boolean,
};

/** What this computer allows, and where the program is on it. */
export type Computer = {
    /** The desktop shows tray icons. Without one, closing the launcher ends the program whatever is wanted. */
    tray: boolean,
    /** The program starts with the person's session. */
    autostart: boolean,
    /** Where the program keeps its log. */
    log: string,
};

/** A contact link that was opened outside of the launcher, for the person to decide on. */
export type ContactOffer = {
    /** The link itself. */
    link: string,
    /** Whom it names: the peer id, in libp2p's base58 form. */
    id: string,
    /** The name to show: the one this host knows, or the one in the link. */
    name: string,
    /** This host knows the peer. */
    known: boolean,
};

export type JsonValue = number | string | boolean | Array<JsonValue> | { [key in string]: JsonValue } | null;

/** What went from one own instance to one peer, summed up. Counts end at 1000, which stands for "that many or more". */
export type Exchange = {
    /** The own instance. */
    instance: string,
    /** What the person calls it. */
    label: string,
    /** Id of its app. */
    appId: string,
    /** Name of its app. */
    appName: string,
    /** The other peer; this host itself, where two of its instances talk. */
    peer: string,
    /** The other person's name. */
    name: string,
    /** Messages that are neither delivered nor failed yet. */
    waiting: number,
    /** When the first of those was sent. */
    since: number | null,
    /** Messages that failed lately. */
    failed: number,
    /** Messages that were delivered lately. */
    delivered: number,
    /** When something of it was sent or ended last. */
    last: number,
    /** What the waiting ones wait for. */
    holdup: Holdup,
};

/** What messages to a peer wait for. */
export type Holdup = { "kind": "none" } | { "kind": "away",
    /** Attempts since it was reached last, or since this host was started. */
    attempts: number,
    /** An attempt is under way. */
    trying: boolean,
    /** When the next attempt begins. */
    next: number | null,
    /** What came of the last attempt. */
    trouble: Trouble | null, } | { "kind": "blocked" };

/** Why a peer could not be reached. */
export type Trouble = "no-address" | "no-answer" | "somebody-else" | "hung-up";

/** An own message, without what it says. */
export type OwnMessage = {
    /** Its id. */
    id: string,
    /** Where it stands. */
    state: MessageState,
    /** It is an invitation, or the answer to one. */
    invitation: boolean,
    /** Size of what it says, in bytes. */
    bytes: number,
    /** When it was sent. */
    sent: number,
    /** It may have left this machine. */
    left: boolean,
    /** It was withdrawn while it may have been on its way; the other side's answer decides. */
    withdrawing: boolean,
    /** When it is given up, while it waits. */
    deadline: number | null,
    /** When it ended, if it has. */
    ended: number | null,
    /** Why it failed, if it did. */
    reason: FailureReason | null,
    /** Whether it may have arrived all the same, if it failed. */
    outcome: Outcome | null,
};

/** A page of own messages. */
export type OwnMessages = {
    /** The messages: those that wait oldest first, others newest first. */
    messages: Array<OwnMessage>,
    /** What to ask for the next page with, if there is one. */
    next: string | null,
};

/** What came of a withdrawal. */
export type Withdrawal = {
    /** Messages that failed as withdrawn; they will never be delivered, or, if they had left already, never again. */
    withdrawn: number,
    /** Of those, messages that had left this machine without an answer: they may have arrived before. */
    uncertain: number,
    /** Messages for which it was too late: they had arrived. */
    arrived: number,
    /** Messages that are on their way at this moment; the other side's answer decides. */
    underWay: number,
};

/** What a developer makes happen to a host, to see how an app takes it. By default, nothing. It ends with the process. */
export type Conditions = {
    /** The host reaches nobody, and nobody reaches it. */
    offline: boolean,
    /** All its inboxes are full: what is sent to them waits at its senders. */
    full: boolean,
    /** How far its calendar is ahead, in milliseconds; negative, how far behind. */
    ahead: number,
    /** What is different for single peers, by their ids. */
    links: { [key in string]: LinkConditions },
};

/** What a developer makes happen between a host and one peer. */
export type LinkConditions = {
    /** There is no way between the two. */
    cut: boolean,
    /** How much later all that the peer says arrives, in milliseconds. */
    delay: number,
};

/** One step of a host, for whoever watches closely. */
export type Trace = {
    /** When, in milliseconds since the Unix epoch and parts of them, by the system's calendar whatever the host's own says:
     * so the steps of several hosts can be put in order. */
    at: number, } & ({ "step": "sent",
    /** Its id. */
    message: string,
    /** The own instance that sent it. */
    instance: string,
    /** Whom it is for. */
    to: Address,
    /** What it says. */
    body: Body,
    /** How long it may wait, in milliseconds. */
    patience: number, } | { "step": "received",
    /** Its id. */
    message: string,
    /** The own instance that it is for. */
    instance: string,
    /** Who sent it. */
    from: Address, } | { "step": "acknowledged",
    /** Its id. */
    message: string,
    /** The own instance that sent it. */
    instance: string, } | { "step": "failed",
    /** Its id. */
    message: string,
    /** The own instance that sent it. */
    instance: string,
    /** Why. */
    reason: FailureReason,
    /** Whether it may have arrived all the same. */
    outcome: Outcome, } | { "step": "taken",
    /** The entry's id. */
    entry: string,
    /** The own instance. */
    instance: string, } | { "step": "invited",
    /** The id of the message that carries it. */
    message: string,
    /** The own instance that invites. */
    instance: string,
    /** Whom. */
    peer: string,
    /** It is the answer to theirs, which was accepted. */
    answer: boolean, } | { "step": "invitation",
    /** The id of the message that carried it. */
    message: string,
    /** Who invites. */
    from: Address, } | { "step": "announced",
    /** The instance. */
    instance: string,
    /** What; `null` withdraws it. */
    value: JsonValue, } | { "step": "heard",
    /** Which. */
    from: Address,
    /** What; `null` withdraws it. */
    value: JsonValue, } | { "step": "connected",
    /** Which. */
    peer: string, } | { "step": "disconnected",
    /** Which. */
    peer: string, } | { "step": "refused",
    /** The own instance. */
    instance: string,
    /** The call's name. */
    call: string,
    /** The error's code. */
    code: string,
    /** The error's sentence. */
    text: string, } | { "step": "page",
    /** The own instance. */
    instance: string,
    /** How serious it is. */
    level: Level,
    /** What it says. */
    text: string, } | { "step": "reloaded",
    /** The own instance. */
    instance: string,
    /** The files that changed, from the app's folder. */
    files: Array<string>, } | { "step": "mark" });

/** What can happen at a host. */
export type Step = { "step": "sent",
    /** Its id. */
    message: string,
    /** The own instance that sent it. */
    instance: string,
    /** Whom it is for. */
    to: Address,
    /** What it says. */
    body: Body,
    /** How long it may wait, in milliseconds. */
    patience: number, } | { "step": "received",
    /** Its id. */
    message: string,
    /** The own instance that it is for. */
    instance: string,
    /** Who sent it. */
    from: Address, } | { "step": "acknowledged",
    /** Its id. */
    message: string,
    /** The own instance that sent it. */
    instance: string, } | { "step": "failed",
    /** Its id. */
    message: string,
    /** The own instance that sent it. */
    instance: string,
    /** Why. */
    reason: FailureReason,
    /** Whether it may have arrived all the same. */
    outcome: Outcome, } | { "step": "taken",
    /** The entry's id. */
    entry: string,
    /** The own instance. */
    instance: string, } | { "step": "invited",
    /** The id of the message that carries it. */
    message: string,
    /** The own instance that invites. */
    instance: string,
    /** Whom. */
    peer: string,
    /** It is the answer to theirs, which was accepted. */
    answer: boolean, } | { "step": "invitation",
    /** The id of the message that carried it. */
    message: string,
    /** Who invites. */
    from: Address, } | { "step": "announced",
    /** The instance. */
    instance: string,
    /** What; `null` withdraws it. */
    value: JsonValue, } | { "step": "heard",
    /** Which. */
    from: Address,
    /** What; `null` withdraws it. */
    value: JsonValue, } | { "step": "connected",
    /** Which. */
    peer: string, } | { "step": "disconnected",
    /** Which. */
    peer: string, } | { "step": "refused",
    /** The own instance. */
    instance: string,
    /** The call's name. */
    call: string,
    /** The error's code. */
    code: string,
    /** The error's sentence. */
    text: string, } | { "step": "page",
    /** The own instance. */
    instance: string,
    /** How serious it is. */
    level: Level,
    /** What it says. */
    text: string, } | { "step": "reloaded",
    /** The own instance. */
    instance: string,
    /** The files that changed, from the app's folder. */
    files: Array<string>, } | { "step": "mark" };

/** How serious it is what a page says. */
export type Level = "info" | "warning" | "error";

/** The two queues of an instance. */
export type Queues = {
    /** How many entries are in the inbox. */
    inbox: number,
    /** The first of them. */
    inboxHead: Entry | null,
    /** How many messages are in the outbox, invitations included. */
    outbox: number,
    /** The first of them. */
    outboxHead: Waiting | null,
};

/** A message that waits in an outbox. */
export type Waiting = {
    /** Its id. */
    id: string,
    /** Whom it is for; an invitation is for the nil instance, which is the host itself. */
    to: Address,
    /** When it was sent, by the sender's calendar. */
    sent: number,
    /** What it says; nothing for an invitation. */
    body: Body | null,
};

/** An app that lies ready on this computer, for the person to add. */
export type Offer = {
    /** The app's id. */
    id: string,
    /** Its name. */
    name: string,
    /** One sentence, where its manifest has one. */
    description: string | null,
    /** Its own icon as a `data:` URL, where it has one. */
    icon: string | null,
    /** Where it is: what to add. */
    place: string,
};
