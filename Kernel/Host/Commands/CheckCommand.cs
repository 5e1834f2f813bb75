using System.CommandLine;
using RouterOS.Core.Configuration;
using RouterOS.Core.Plugins;
using RouterOS.Core.Supervision;
using RouterOS.Host.Composition;

namespace RouterOS.Host.Commands;

/// <summary><c>routeros check FILE --platform NAME [--json]</c>.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        Argument<FileInfo> file = new("FILE") { Description = "A configuration file in the platform's language." };
        Option<string> platform = CommonOptions.Platform();
        Option<bool> json = new("--json") { Description = "Print the report as JSON." };
        Command command = new("check", "Say of each statement of a file what the router would do with it, and whether the file would commit.")
        {
            file, platform, json,
        };
        command.SetAction(parsed => CommonOptions.Guard(() => Run(parsed.GetRequiredValue(file), parsed.GetRequiredValue(platform), parsed.GetValue(json))));
        return command;
    }

    private static int Run(FileInfo file, string platform, bool json)
    {
        PluginCatalog catalog = PluginCatalog.Scan(PluginsFolder.Path);
        (Sdk.Platforms.IPlatformPlugin family, Abstractions.Chassis.ChassisProfile profile) = new PlatformCatalog(catalog).Find(platform);
        CheckReport report = ConfigurationCheck.Run(
            CommonOptions.Read(file.FullName),
            family.CreateLanguage(profile),
            profile,
            RoutingEngine.Validators(profile, catalog.ControlPlugins()));
        if (json)
        {
            Console.Out.WriteLine(report.ToJson());
        }
        else
        {
            report.Write(Console.Out);
        }

        return report.Commits ? ExitCodes.Success : ExitCodes.Failed;
    }
}
