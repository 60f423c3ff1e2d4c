//! The reader's thread: runs queries one after the other, each over one state of the database.

use tokio::sync::mpsc::Receiver;

use super::command::{Command, Order};
use super::db::Db;

/// Serves the queue until it is closed and empty.
pub(super) fn serve(db: &Db, mut orders: Receiver<Order>) {
    while let Some(order) = orders.blocking_recv() {
        match order {
            Order::Run(command) => run(db, command),
            Order::Close => orders.close(),
        }
    }
}

fn run(db: &Db, mut command: Box<dyn Command>) {
    // Without a transaction every query of the work would see the state of its own moment.
    let lost = match db.unchecked_transaction() {
        Ok(_snapshot) => {
            // The command keeps its error and gives it with its answer.
            let _ = command.run(db);
            None
        }
        Err(error) => Some(error.into()),
    };
    command.answer(lost);
}
