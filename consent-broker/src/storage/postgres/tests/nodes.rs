//! Several nodes over one database.

use private_postgres::PrivatePostgres;

use crate::storage::{PostgresStore, ProofId, StorageError, Store as _};
use crate::tests::support::noon;
use chrono::TimeDelta;

async fn node(url: &str) -> PostgresStore {
    PostgresStore::open(url, 4).await.unwrap()
}

#[tokio::test]
async fn a_database_without_tables_or_of_a_newer_program_is_refused() {
    let Some(server) = PrivatePostgres::shared() else {
        return;
    };
    let url = server.fresh().unwrap();
    let refused = PostgresStore::open(&url, 1).await.unwrap_err();
    assert_eq!(refused, StorageError::NotMigrated);
    PostgresStore::migrate(&url).await.unwrap();
    PostgresStore::migrate(&url).await.unwrap();
    let opened = node(&url).await;
    let schema = url.rsplit("%3D").next().unwrap();
    let newer = format!(
        "create or replace function {schema}.broker_check_format(p_format integer) returns void
         language plpgsql immutable as $$ begin
             if p_format <> 2 then raise exception 'other' using errcode = 'BR001'; end if;
         end $$"
    );
    server.sql(&newer).unwrap();
    assert_eq!(opened.subjects().await, Err(StorageError::NewerFormat));
    let refused = PostgresStore::open(&url, 1).await.unwrap_err();
    assert_eq!(refused, StorageError::NewerFormat);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_that_comes_to_many_nodes_at_once_is_taken_by_one() {
    let Some(server) = PrivatePostgres::shared() else {
        return;
    };
    let url = server.fresh().unwrap();
    PostgresStore::migrate(&url).await.unwrap();
    let nodes = [node(&url).await, node(&url).await, node(&url).await];
    for id in 0..20 {
        let proof = ProofId {
            owner: "key".into(),
            id: id.to_string(),
            until: noon() + TimeDelta::seconds(70),
        };
        let asked: Vec<_> = nodes
            .iter()
            .map(|node| tokio::spawn(node.clone().remember(proof.clone())))
            .collect();
        let mut taken = 0;
        for one in asked {
            taken += usize::from(one.await.unwrap().is_none());
        }
        assert_eq!(taken, 1);
    }
}

impl PostgresStore {
    async fn remember(self, proof: ProofId) -> Option<usize> {
        self.remember_proofs(vec![proof]).await.unwrap()
    }
}
