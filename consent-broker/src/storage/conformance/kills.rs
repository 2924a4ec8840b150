//! Nodes as processes of their own, killed under load, and the database too: whatever was answered is
//! there afterwards, and what was stopped is not read.

mod load;
mod node;

use private_postgres::PrivatePostgres;

use self::{
    load::Load,
    node::{Place, Running},
};
use crate::storage::PostgresStore;

/// So many answers between two kills, at least, so that there is something to lose.
const BETWEEN: u64 = 30;

/// One node over a folder, killed so many times.
fn kill_the_node_of_a_folder(kills: u32) {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Folder(folder.path().to_owned());
    let load = Load::on(vec![Running::start(&place)]);
    for kill in 0..kills {
        load.go_on(BETWEEN + u64::from(kill * 7 % 20));
        load.kill(0);
        load.replace(0, Running::start(&place));
        load.check_what_was_stopped();
    }
    load.finish(kills);
}

/// Nodes over one database: one of them is killed, in turn, and every fifth time the database itself.
fn kill_nodes_of_a_database(nodes: usize, kills: u32) {
    // A server of its own: others would miss the one they share.
    let Some(_there_is_one) = PrivatePostgres::shared() else {
        return;
    };
    let server = PrivatePostgres::start().unwrap();
    let url = server.fresh().unwrap();
    tokio::runtime::Runtime::new()
        .unwrap()
        .block_on(PostgresStore::migrate(&url))
        .unwrap();
    let place = Place::Database(url);
    let load = Load::on((0..nodes).map(|_| Running::start(&place)).collect());
    for kill in 0..kills {
        load.go_on(BETWEEN + u64::from(kill * 7 % 20));
        if kill % 5 == 4 {
            server.restart().unwrap();
        } else {
            let node = kill as usize % nodes;
            load.kill(node);
            load.replace(node, Running::start(&place));
        }
        load.check_what_was_stopped();
    }
    load.finish(kills);
}

#[test]
fn nothing_answered_is_lost_when_the_node_of_a_folder_is_killed() {
    kill_the_node_of_a_folder(5);
}

#[test]
fn nothing_answered_is_lost_when_one_of_three_nodes_or_their_database_is_killed() {
    kill_nodes_of_a_database(3, 5);
}

#[test]
#[ignore = "long"]
fn nothing_answered_is_lost_in_five_hundred_kills_of_the_node_of_a_folder() {
    kill_the_node_of_a_folder(500);
}

#[test]
#[ignore = "long"]
fn nothing_answered_is_lost_in_five_hundred_kills_of_two_nodes_and_their_database() {
    kill_nodes_of_a_database(2, 500);
}
