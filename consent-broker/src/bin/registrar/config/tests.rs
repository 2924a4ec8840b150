use clap::CommandFactory as _;

use super::Cli;

#[test]
fn every_commands_help_begins_with_an_example() {
    let mut cli = Cli::command();
    cli.build();
    assert_begins_with_an_example(&mut cli);
    cli.debug_assert();
}

fn assert_begins_with_an_example(command: &mut clap::Command) {
    if !command.has_subcommands() || command.get_name() == Cli::command().get_name() {
        let help = command.render_long_help().to_string();
        assert!(help.starts_with("Example:\n  "), "{help}");
    }
    for subcommand in command.get_subcommands_mut() {
        if subcommand.get_name() != "help" {
            assert_begins_with_an_example(subcommand);
        }
    }
}
