using System.Buffers.Binary;
using System.CommandLine;
using RouterOS.Core.Configuration;
using RouterOS.Core.Plugins;
using RouterOS.Host.Composition;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Plugins;
using RouterOS.Simulation.Pcap;

namespace RouterOS.Host.Commands;

/// <summary><c>routeros explain FILE [--platform NAME --config FILE] [--key TEXT]</c>.</summary>
internal static class ExplainCommand
{
    private const long LargestFile = 512L * 1024 * 1024;
    private const int EthernetBytes = 14;
    private const int TagBytes = 4;
    private const int MaximumTags = 4;
    private const ushort Ipv4Type = 0x0800;
    private const ushort Ipv6Type = 0x86dd;

    public static Command Create()
    {
        Argument<FileInfo> file = new("FILE") { Description = "A capture: pcap or pcapng, Ethernet or raw IP." };
        Option<string?> platform = new("--platform")
        {
            Description = "Chassis model that --config is for, as `routeros platforms` lists them.",
            HelpName = "NAME",
        };
        Option<FileInfo?> configuration = new("--config")
        {
            Description = "A configuration file: what does not fit is named with its line.",
            HelpName = "FILE",
        };
        Option<string?> key = new("--key")
        {
            Description = "A preshared key to try on exchanges in aggressive mode.",
            HelpName = "TEXT",
        };
        Command command = new("explain", "Say of each negotiation in a capture file who offered what, what was chosen or refused, where it stopped and why.")
        {
            file, platform, configuration, key,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(configuration) is not null && result.GetValue(platform) is null)
            {
                result.AddError("--config needs --platform, which says what language the file is in");
            }
        });
        command.SetAction(parsed => CommonOptions.Guard(() => Run(
            parsed.GetRequiredValue(file), parsed.GetValue(platform), parsed.GetValue(configuration), parsed.GetValue(key))));
        return command;
    }

    /// <summary>The IP packet of a frame; null where there is none.</summary>
    public static ReadOnlyMemory<byte>? IpOf(ReadOnlyMemory<byte> frame, bool isEthernet)
    {
        int at = 0;
        if (isEthernet)
        {
            at = EthernetBytes;
            ReadOnlySpan<byte> bytes = frame.Span;
            for (int tags = 0; tags < MaximumTags && bytes.Length >= at + TagBytes && IsTag(BinaryPrimitives.ReadUInt16BigEndian(bytes[(at - 2)..])); tags++)
            {
                at += TagBytes;
            }

            if (bytes.Length <= at || BinaryPrimitives.ReadUInt16BigEndian(bytes[(at - 2)..]) is not (Ipv4Type or Ipv6Type))
            {
                return null;
            }
        }

        return frame.Length > at && frame.Span[at] >> 4 is 4 or 6 ? frame[at..] : null;
    }

    private static bool IsTag(ushort type) => type is 0x8100 or 0x88a8;

    private static int Run(FileInfo file, string? platform, FileInfo? configuration, string? key)
    {
        PluginCatalog catalog = PluginCatalog.Scan(PluginsFolder.Path);
        IReadOnlyList<CapturedPacket> packets = Read(file);
        IntentSet? intents = configuration is null ? null : Bind(catalog, platform!, configuration);
        ICaptureExplainer[] explainers = [.. catalog.ControlPlugins().Select(p => p.Validator).OfType<ICaptureExplainer>()];
        if (explainers.Length == 0)
        {
            throw new RefusedException("no plugin is here that explains captures");
        }

        foreach (ICaptureExplainer explainer in explainers)
        {
            foreach (string line in explainer.Explain(packets, intents, key))
            {
                Console.Out.WriteLine(line);
            }
        }

        return ExitCodes.Success;
    }

    /// <summary>What a configuration file asks for.</summary>
    public static IntentSet Bind(PluginCatalog catalog, string platform, FileInfo configuration)
    {
        (Sdk.Platforms.IPlatformPlugin family, Abstractions.Chassis.ChassisProfile profile) = new PlatformCatalog(catalog).Find(platform);
        return ConfigurationCheck.Intents(CommonOptions.Read(configuration.FullName), family.CreateLanguage(profile), profile, out string? problem)
            ?? throw new RefusedException($"{configuration.Name}: {problem}");
    }

    private static List<CapturedPacket> Read(FileInfo file)
    {
        byte[] bytes;
        try
        {
            bytes = file.Length <= LargestFile
                ? File.ReadAllBytes(file.FullName)
                : throw new RefusedException($"{file.Name} is larger than {LargestFile / (1024 * 1024)} MB: cut it, for example with editcap");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException($"{file.Name} cannot be read: {e.Message}");
        }

        PcapFile capture = PcapFile.Read(bytes, out string reason) ?? throw new RefusedException($"{file.Name} {reason}");
        List<CapturedPacket> packets = [];
        for (int i = 0; i < capture.Frames.Count; i++)
        {
            PcapFrame frame = capture.Frames[i];
            if (IpOf(bytes.AsMemory(frame.Offset, frame.Length), capture.Link == Abstractions.Ports.PortLink.Ethernet) is { } packet)
            {
                packets.Add(new(i + 1, DateTimeOffset.UnixEpoch.AddTicks(frame.Nanoseconds / 100), packet));
            }
        }

        return packets;
    }
}
