using System.Text;
using Google.Protobuf;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Esp.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Srx.Bindings;

/// <summary>From <c>manual</c> of a VPN to its keys.</summary>
internal static class ManualBinding
{
    /// <summary>The keys, with a finding for each that is not as long as its algorithm wants.</summary>
    public static ManualKeys Keys(StatementView view, List<Finding> findings)
    {
        StatementView authentication = view["authentication"];
        StatementView encryption = view["encryption"];
        (Cipher cipher, uint cipherBytes) = IkeBinding.CipherOf(encryption.Text("algorithm"));
        (Mac mac, uint macBytes) = authentication.Text("algorithm") switch
        {
            "hmac-md5-96" => (Mac.HmacMd596, 16u),
            "hmac-sha1-96" => (Mac.HmacSha196, 20u),
            "hmac-sha-256-128" => (Mac.HmacSha256128, 32u),
            "hmac-sha-256-96" => (Mac.HmacSha25696, 32u),
            _ => (Mac.None, 0u),
        };
        return new ManualKeys
        {
            Source = view.Source,
            RemoteAddress = view.Text("gateway") ?? string.Empty,
            ExternalInterface = view.Text("external-interface") ?? string.Empty,
            Spi = (uint)(view.Number("spi") ?? 0),
            Protocol = VpnBinding.ProtocolOf(view),
            AuxiliarySpi = (uint)(view.Number("auxiliary-spi") ?? 0),
            Cipher = cipher,
            CipherKey = Key(encryption, cipherBytes, findings),
            Mac = mac,
            MacKey = Key(authentication, macBytes, findings),
        };
    }

    private static ByteString Key(StatementView view, uint bytes, List<Finding> findings)
    {
        StatementView key = view["key"];
        string? text = key.Secret("ascii-text");
        string? digits = key.Secret("hexadecimal");
        if (!view.Exists)
        {
            return ByteString.Empty;
        }

        if (text is null && digits is null)
        {
            findings.Add(view.Error($"{view.Text("algorithm")} has no key"));
            return ByteString.Empty;
        }

        if (text is not null ? text.Length != bytes : digits!.Length != bytes * 2)
        {
            findings.Add(key.Error(text is not null
                ? $"the key of {view.Text("algorithm")} has {text.Length} characters: it takes {bytes}, or {bytes * 2} hexadecimal digits"
                : $"the key of {view.Text("algorithm")} has {digits!.Length} hexadecimal digits: it takes {bytes * 2}, or {bytes} characters"));
        }

        return ByteString.CopyFrom(text is not null ? Encoding.Latin1.GetBytes(text) : Convert.FromHexString(digits!));
    }
}
