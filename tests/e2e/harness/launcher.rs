//! The launcher, driven as a person would: by its buttons and fields.

use serde_json::json;

use super::host::Host;
use super::page::Page;
use super::wait::poll;

/// The launcher's window of a host.
pub(crate) struct Launcher<'h> {
    page: Page<'h>,
}

impl<'h> Launcher<'h> {
    pub(super) fn new(host: &'h Host) -> Self {
        Self { page: Page::new(host, "tauri://") }
    }

    /// The window itself.
    pub(crate) fn page(&self) -> &Page<'h> {
        &self.page
    }

    /// The window itself, for good.
    pub(crate) fn into_page(self) -> Page<'h> {
        self.page
    }

    /// Goes to one of the views of the rail.
    #[track_caller]
    pub(crate) fn go_to(&self, view: &str) -> &Self {
        self.page.within("region", "Views").click("button", view);
        self.page.shows("heading", view);
        self
    }

    /// Changes the name that others see.
    #[track_caller]
    pub(crate) fn set_name(&self, name: &str) -> &Self {
        self.go_to("People");
        self.page.fill("Your name", name).click("button", "Save name");
        self.page.says("Your name was changed.");
        self
    }

    /// The person's own contact link, as it can be read on their card.
    #[track_caller]
    pub(crate) fn contact_link(&self) -> String {
        self.go_to("People");
        self.page.click("button", "Details of your card");
        let link = self.page.until(
            "show its contact link",
            "return [...document.querySelectorAll('code')].map((it) => it.innerText).find((it) => it.startsWith('mutiny:'))",
            json!([]),
        );
        self.page.click("button", "Details of your card");
        link.as_str().expect("a link").to_owned()
    }

    /// The person's id, as their contact link has it.
    #[track_caller]
    pub(crate) fn id(&self) -> String {
        id_in(&self.contact_link()).to_owned()
    }

    /// Adds a person by their contact link.
    #[track_caller]
    pub(crate) fn add_person(&self, link: &str) -> &Self {
        self.try_to_add(link);
        self.page.lacks("dialog", "Add person");
        self
    }

    /// Pastes a contact link that will not do; the dialog says why, and is left without anything changed.
    #[track_caller]
    pub(crate) fn refuses_to_add(&self, link: &str, because: &str) -> &Self {
        self.try_to_add(link);
        let dialog = self.page.within("dialog", "Add person");
        dialog.says(because);
        dialog.click("button", "Cancel");
        self.page.lacks("dialog", "Add person");
        self
    }

    #[track_caller]
    fn try_to_add(&self, link: &str) {
        self.go_to("People");
        self.page.click("button", "Add person");
        self.page.within("dialog", "Add person").fill("Contact link", link).click("button", "Add");
    }

    /// Waits until a person is listed and said to be online.
    #[track_caller]
    pub(crate) fn sees_online(&self, name: &str) -> &Self {
        self.go_to("People");
        self.page.within("listitem", name).says("Online");
        self
    }

    /// Waits until a person is listed and said to be away.
    #[track_caller]
    pub(crate) fn sees_offline(&self, name: &str) -> &Self {
        self.go_to("People");
        self.page.within("listitem", name).says("Last seen");
        self
    }

    /// Accepts an invitation with the instance that is proposed.
    #[track_caller]
    pub(crate) fn accept_invitation_to(&self, app: &str, from: &str) -> &Self {
        self.go_to("Invitations");
        self.page.click("button", &format!("Accept {app} from {from}"));
        self.page.says(&format!("now talks with {from}"));
        self
    }

    /// Opens an app from its card.
    #[track_caller]
    pub(crate) fn open(&self, label: &str) -> &Self {
        self.go_to("Apps");
        self.page.click("button", &format!("Open {label}"));
        self
    }

    /// Waits until it is told that the database was damaged and set aside.
    #[track_caller]
    pub(crate) fn tells_of_damage(&self) -> &Self {
        self.page.shows("heading", "Mutiny had to begin anew");
        self
    }

    /// Puts that notice away.
    #[track_caller]
    pub(crate) fn has_read_of_damage(&self) -> &Self {
        self.page.click("button", "I have read this");
        self.page.lacks("heading", "Mutiny had to begin anew");
        self
    }

    /// Chooses something in an app's menu.
    #[track_caller]
    pub(crate) fn choose_for(&self, label: &str, entry: &str) -> &Self {
        self.go_to("Apps");
        self.page.click("button", &format!("More for {label}")).click("menuitem", entry);
        self
    }

    /// Something is dragged over the window (`enter`), away (`leave`), or dropped (`drop`). The window learns of it as it does
    /// from Tauri: no program here can be made to drag a file.
    #[track_caller]
    pub(crate) fn is_dragged_over(&self, kind: &str, paths: &[&str]) -> &Self {
        let script = "const [kind, paths] = arguments;
            const event = `tauri://drag-${kind}`;
            const own = Object.getOwnPropertyNames(window).filter((it) => it.startsWith('_')).map((it) => window[it]);
            const listeners = own.find((it) => typeof it === 'object' && it && event in it)?.[event];
            const tell = own.find((it) => typeof it === 'function' && String(it).includes('eventData'));
            if (!listeners || !tell) return false;
            const payload = { paths, position: { x: 100, y: 100 } };
            tell({ event, payload }, Object.getOwnPropertyNames(listeners));
            return true;";
        self.page.until("hear of something that is dragged", script, json!([kind, paths]));
        self
    }

    /// Removes an app, with all that it has.
    #[track_caller]
    pub(crate) fn remove(&self, label: &str) -> &Self {
        self.go_to("Apps");
        self.page.click("button", &format!("More for {label}")).click("menuitem", "Remove");
        self.page.within("dialog", &format!("Remove {label}")).click("button", &format!("Remove {label}"));
        self.page.lacks("article", label);
        self
    }

    /// Waits until an app is listed.
    #[track_caller]
    pub(crate) fn lists_app(&self, label: &str) -> &Self {
        self.go_to("Apps");
        self.page.shows("article", label);
        self
    }

    /// Dismisses the notices of what was done before, and waits until none is on the screen.
    #[track_caller]
    pub(crate) fn is_quiet(&self) -> &Self {
        let notices = "document.querySelectorAll('[data-sonner-toast]')";
        let quiet = poll(|| {
            let dismiss = format!(
                "{notices}.forEach((it) => it.dataset.dismissed ??= (it.querySelector('[data-close-button]')?.click(), 'yes'));
                 return [...{notices}].map((it) => it.innerText)"
            );
            match self.page.asks(&dismiss) {
                Ok(left) if left == json!([]) => Ok(()),
                other => Err(format!("{other:?} is left")),
            }
        });
        quiet.unwrap_or_else(|why| panic!("{why}"));
        self
    }
}

/// The peer id in a contact link.
pub(super) fn id_in(contact_link: &str) -> &str {
    contact_link.trim_start_matches("mutiny:").split('?').next().expect("an id")
}
