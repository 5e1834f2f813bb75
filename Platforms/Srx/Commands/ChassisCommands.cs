using System.Reflection;
using RouterOS.Sdk.Cli;
using RouterOS.Srx.Layouts;
using RouterOS.Srx.Profiles;

namespace RouterOS.Srx.Commands;

/// <summary><c>show chassis</c> and <c>show version</c>.</summary>
internal sealed class ChassisCommands(SrxModel model)
{
    /// <summary>The commands.</summary>
    public IReadOnlyList<OperationalCommand> All =>
    [
        new("show chassis hardware", "Show installed hardware components", Hardware),
        new OperationalCommand("show chassis fpc", "Show cards", Fpc).With(
            CommandOption.Flag("detail", "Cards with the process that does their work and its crypto engines")),
        new OperationalCommand("show chassis crypto", "Show crypto engines and what each has done", Crypto).With(
            CommandOption.Flag("detail", "Engines that stand by, too")),
        new("show version", "Show software", Version),
    ];

    private Task<int> Hardware(CommandContext context)
    {
        context.Output.Write(ChassisLayout.Hardware(model));
        return Task.FromResult(0);
    }

    private async Task<int> Fpc(CommandContext context)
    {
        IReadOnlyList<Proto.Module.V1.ModuleDescription> modules = await context.Modules.Describe();
        context.Output.Write(context.Arguments.Has("detail")
            ? ChassisLayout.FpcDetail(model, modules, context.Time.GetUtcNow())
            : ChassisLayout.Fpc(model, modules.Count > 0));
        return 0;
    }

    private async Task<int> Crypto(CommandContext context)
    {
        context.Output.Write(CryptoLayout.Engines(await context.Modules.Describe(), context.Arguments.Has("detail")));
        return 0;
    }

    private Task<int> Version(CommandContext context)
    {
        string version = typeof(ChassisCommands).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        context.Output.Write(ChassisLayout.Version(context.Configuration["system"].Text("host-name") ?? string.Empty, model, version.Split('+')[0]));
        return Task.FromResult(0);
    }
}
