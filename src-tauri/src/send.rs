//! `send`, of the plugin `instance`: what a page calls most.
//!
//! The other commands are tasks of the runtime. This one is handed to the store on the window's thread and answered from the
//! store's: two threads less to wake for each message, and a page that sends one after another waits for every one of them.
//! What the window's thread has to do for a large message is no more than what the bridge to the page has done there before.

use std::time::Duration;

use mutiny_core::Host;
use mutiny_core::view::{Address, Body};
use tauri::ipc::{CommandArg, CommandItem, Invoke, InvokeError, InvokeResolver};
use tauri::{State, Wry};
use uuid::Uuid;

use crate::app::{Caller, tell};
use crate::error::{Error, Result};

/// Who is told what came of a call.
type Then<T> = Box<dyn FnOnce(Result<T>) + Send>;

/// Answers a call.
pub(crate) fn answer(Invoke { message, resolver, acl }: Invoke<Wry>) -> bool {
    let given = |key| CommandItem { plugin: Some("instance"), name: "send", key, message: &message, acl: &acl };
    let call = || {
        let host: State<'_, Host> = CommandArg::from_command(given("host"))?;
        let caller = Caller::from_command(given("caller"))?;
        let [to, body, deadline] = ["to", "body", "deadline"].map(given);
        let (to, body) = (Address::from_command(to)?, Body::from_command(body)?);
        Ok::<_, InvokeError>((host, caller, to, body, Option::from_command(deadline)?))
    };
    match call() {
        Ok((host, caller, to, body, deadline)) => {
            let reply = Reply(Some(resolver));
            send(host, caller, to, body, deadline, Box::new(|sent| reply.with(sent)));
        }
        Err(error) => resolver.invoke_error(error),
    }
    true
}

/// Where an answer goes. A page would wait forever for one that is lost, so that is an answer, too.
struct Reply(Option<InvokeResolver<Wry>>);

impl Reply {
    fn with(mut self, sent: Result<Uuid>) {
        match (self.0.take(), sent) {
            (Some(resolver), Ok(id)) => resolver.resolve(id),
            (Some(resolver), Err(error)) => resolver.reject(error),
            (None, _) => {}
        }
    }
}

impl Drop for Reply {
    fn drop(&mut self) {
        if let Some(resolver) = self.0.take() {
            resolver.reject(Error::Core(mutiny_core::Error::Stopped));
        }
    }
}

fn send(host: State<'_, Host>, caller: Caller, to: Address, body: Body, deadline: Option<f64>, then: Then<Uuid>) {
    let (told, instance) = (Host::clone(&host), caller.0);
    let then = move |sent: Result<Uuid>| then(sent.inspect_err(|error| tell(&told, &caller, "send", error)));
    match deadline.map(patience).transpose() {
        Ok(deadline) => host.send_then(instance, &to, body, deadline, |sent| then(sent.map_err(Error::from))),
        Err(error) => then(Err(error)),
    }
}

/// How long a page wants a message to be tried. Pages count in milliseconds, and a number of JavaScript's may be anything.
fn patience(milliseconds: f64) -> Result<Duration> {
    Duration::try_from_secs_f64(milliseconds / 1000.0).ok().filter(|deadline| !deadline.is_zero()).ok_or_else(|| {
        let sentence =
            format!("A deadline of {milliseconds} ms makes no sense. Give a number of milliseconds above 0.");
        mutiny_core::Error::InvalidArgument(sentence).into()
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn deadlines_are_milliseconds() {
        assert_eq!(patience(1500.0).unwrap(), Duration::from_millis(1500));
        assert_eq!(patience(0.5).unwrap(), Duration::from_micros(500));
    }

    #[test]
    fn a_deadline_that_makes_no_sense_is_an_argument_error() {
        for nonsense in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300] {
            let error = serde_json::json!(patience(nonsense).unwrap_err());
            assert_eq!(error["code"], "InvalidArgument", "{nonsense}");
        }
    }
}
