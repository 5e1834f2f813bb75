using RouterOS.Proto.Flow.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Srx.Bindings;

/// <summary>The words of <c>ipv6-extension-header</c> and the numbers that they stand for (IANA).</summary>
internal static class ScreenHeaders
{
    /// <summary>Headers that are refused or not.</summary>
    public static IReadOnlyList<ScreenNumber> Plain { get; } =
    [
        new("AH-header", 51), new("ESP-header", 50), new("HIP-header", 139), new("fragment-header", 44), new("mobility-header", 135),
        new("no-next-header", 59), new("routing-header", 43), new("shim6-header", 140),
    ];

    /// <summary>Headers of options, which may be refused alone.</summary>
    public static ScreenNumber HopByHop { get; } = new("hop-by-hop-header", 0);

    public static ScreenNumber Destination { get; } = new("destination-header", 60);

    /// <summary>Their options. The vendor writes the word of SMF's in this way.</summary>
    public static IReadOnlyList<ScreenNumber> HopOptions { get; } =
    [
        new("CALIPSO-option", 0x07), new("RPL-option", 0x63), new("SFM-DPD-option", 0x08), new("jumbo-payload-option", 0xc2),
        new("quick-start-option", 0x26), new("router-alert-option", 0x05),
    ];

    public static IReadOnlyList<ScreenNumber> DestinationOptions { get; } =
    [
        new("ILNP-nonce-option", 0x8b), new("home-address-option", 0xc9), new("line-identification-option", 0x8c), new("tunnel-encapsulation-limit-option", 0x04),
    ];

    /// <summary>Reads all of them into a screen.</summary>
    public static void Read(StatementView ip, Screen screen)
    {
        StatementView view = ip["ipv6-extension-header"];
        screen.Headers.Add(Plain.Where(p => view.Has(p.Word)).Select(p => One(p.Number)));
        screen.Headers.Add(Ranges(view, "user-defined-header-type"));
        screen.HopOptions.Add(Options(view, HopByHop, HopOptions, screen));
        screen.DestinationOptions.Add(Options(view, Destination, DestinationOptions, screen));
        screen.HeaderLimit = (uint)(ip.Number("ipv6-extension-header-limit") ?? 0);
        Check(screen, ScreenCheck.ExtensionHeader, screen.Headers.Count > 0);
        Check(screen, ScreenCheck.HopOption, screen.HopOptions.Count > 0);
        Check(screen, ScreenCheck.DestinationOption, screen.DestinationOptions.Count > 0);
        Check(screen, ScreenCheck.ExtensionLimit, ip.Has("ipv6-extension-header-limit"));
    }

    // A header without a word about its options is refused as a whole.
    private static List<NumberRange> Options(StatementView view, ScreenNumber header, IReadOnlyList<ScreenNumber> options, Screen screen)
    {
        StatementView here = view[header.Word];
        List<NumberRange> named = [.. options.Where(o => here.Has(o.Word)).Select(o => One(o.Number)), .. Ranges(here, "user-defined-option-type")];
        if (here.Exists && named.Count == 0)
        {
            screen.Headers.Add(One(header.Number));
        }

        return named;
    }

    private static IEnumerable<NumberRange> Ranges(StatementView view, string list) => view.List(list).Select(entry =>
    {
        uint first = uint.Parse(entry.Key, System.Globalization.CultureInfo.InvariantCulture);
        return new NumberRange { First = first, Last = Math.Max(first, (uint)(entry.Number("to") ?? first)) };
    });

    private static NumberRange One(uint number) => new() { First = number, Last = number };

    private static void Check(Screen screen, ScreenCheck check, bool isOn)
    {
        if (isOn)
        {
            screen.Checks.Add(check);
        }
    }
}
