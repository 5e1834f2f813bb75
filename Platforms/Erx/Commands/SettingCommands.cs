using System.Globalization;
using RouterOS.Erx.Profiles;
using RouterOS.Erx.Statements;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Commands;

/// <summary>What is configured, or is so, of IPsec and of tunnel-server ports.</summary>
internal static class SettingCommands
{
    /// <summary>The commands of a model.</summary>
    public static IReadOnlyList<OperationalCommand> Of(ErxModel model) =>
    [
        new("show ipsec key", "Show keys"),
        new("show ipsec key manual", "Show keys of peers"),
        new("show ipsec key manual pre-share", "Show preshared keys of peers", ShowKeys),
        new("show ipsec lifetime", "Show the lifetimes of tunnels", ShowLifetime),
        new OperationalCommand("show ipsec transform-set", "Show transform sets", ShowTransformSets).With(
            CommandOption.Argument("name", "One transform set", ErxValues.ObjectName("name", 64))),
        new("show ipsec identity", "Show the router's name in certificates", ShowIdentity),
        new("show license", "Show licences"),
        new("show license ipsec-tunnels", "Show the licence of secure tunnels", ShowLicense),
        new("show tunnel-server", "Show tunnel-server ports", context => ShowTunnelServers(context, model)),
    ];

    private static StatementView Router(CommandContext context) =>
        context.Configuration.Entry(ErxStatements.VirtualRouters, context.Instance.Length == 0 ? ErxStatements.DefaultRouter : context.Instance);

    private static Task<int> ShowKeys(CommandContext context)
    {
        StatementView[] keys = [.. Router(context)["ipsec"]["key"]["manual"].List("pre-share")];
        foreach (StatementView key in keys)
        {
            context.Output.WriteLine($"Preshared key of {key.Key}: {(key.Has("key") ? ErxValues.Clear(key["key"].Key) : "none")}");
        }

        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{keys.Length} preshared key{(keys.Length == 1 ? string.Empty : "s")} found"));
        return Task.FromResult(0);
    }

    private static Task<int> ShowLifetime(CommandContext context)
    {
        StatementView lifetime = context.Configuration["ipsec"]["lifetime"];
        context.Output.WriteLine($"Ipsec lifetime in seconds is {lifetime.Text("seconds") ?? "28800"}");
        context.Output.WriteLine($"Ipsec lifetime in kilobytes is {lifetime.Text("kilobytes") ?? "4294967295"}");
        return Task.FromResult(0);
    }

    private static Task<int> ShowTransformSets(CommandContext context)
    {
        string? one = context.Arguments.Text("name");
        StatementView[] sets = [.. context.Configuration["ipsec"].List("transform-set").Where(s => one is null || s.Key == one)];
        if (one is not null && sets.Length == 0)
        {
            context.Output.WriteLine($"% transform set {one} does not exist");
            return Task.FromResult(1);
        }

        foreach (StatementView set in sets)
        {
            context.Output.WriteLine($"Transform-set: {set.Key} = {{{string.Join(' ', set["transforms"].Values)}}}");
        }

        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sets.Length} transform set{(sets.Length == 1 ? string.Empty : "s")} found"));
        return Task.FromResult(0);
    }

    private static Task<int> ShowIdentity(CommandContext context)
    {
        StatementView identity = context.Configuration["ipsec"]["identity"];
        foreach ((string word, string name) in new[] { ("domain-name", "Domain name"), ("common-name", "Common name"), ("organization", "Organization"), ("country", "Country") })
        {
            context.Output.WriteLine($"{name,-12} : {identity.Text(word)}".TrimEnd());
        }

        return Task.FromResult(0);
    }

    private static Task<int> ShowLicense(CommandContext context)
    {
        context.Output.WriteLine("ipsec-tunnels: no licence is needed, memory alone limits them");
        return Task.FromResult(0);
    }

    private static Task<int> ShowTunnelServers(CommandContext context, ErxModel model)
    {
        context.Output.WriteLine("Server Port  Type  Secured  Clear");
        context.Output.WriteLine("-----------  ----  -------  -----");
        foreach (ErxModule module in model.Modules.Where(m => m.Kind is ErxModuleKind.TunnelService or ErxModuleKind.IpsecService))
        {
            bool secured = module.Kind == ErxModuleKind.IpsecService;
            string place = model.HasAdapters ? $"{module.Slot}/0/0" : $"{module.Slot}/0";
            context.Output.WriteLine($"{place,-11}  {(secured ? "ISM" : "SM"),-4}  {(secured ? "yes" : "no"),-7}  {(secured ? "no" : "yes")}");
        }

        return Task.FromResult(0);
    }
}
