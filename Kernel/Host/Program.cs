using System.CommandLine;
using RouterOS.Host.Commands;

RootCommand root = new("RouterOS: a chassis in software. It boots as a router platform, loads that platform's configuration and speaks its protocols.")
{
    DemoCommand.Create(),
    RunCommand.Create(),
    CliCommand.Create(),
    CheckCommand.Create(),
    ExplainCommand.Create(),
    ReplayCommand.Create(),
    ListCommands.CreatePlatforms(),
    ListCommands.CreatePlugins(),
    ProcessCommands.CreateRoutingEngine(),
    ProcessCommands.CreateDataProcess(),
};
return await root.Parse(args).InvokeAsync();
