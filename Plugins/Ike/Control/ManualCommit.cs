using RouterOS.Abstractions.Crypto;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Crypto;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Proto.Kernel.V1;
using Esp = RouterOS.Proto.Esp.V1;

namespace RouterOS.Ike.Control;

/// <summary>Checks VPNs with keys by hand before they are committed: pure.</summary>
internal static class ManualCommit
{
    private const uint FirstAssignableSpi = 256;
    private const int DesKey = 8;

    /// <summary>Adds what is wrong with a VPN.</summary>
    public static void Check(Vpn vpn, Dictionary<string, LogicalInterface> interfaces, Dictionary<uint, string> spis, List<Finding> findings)
    {
        ManualKeys keys = vpn.Manual;
        void Add(string message) => findings.Add(new Finding
        {
            Severity = Finding.Types.Severity.Error, Source = keys.Source ?? vpn.Source ?? new Source(), Message = $"vpn {vpn.Name}: {message}",
        });

        if (!PeerAddress.TryParse(keys.RemoteAddress, out PeerAddress remote))
        {
            Add($"the manual gateway '{keys.RemoteAddress}' is not an address");
        }

        if (!interfaces.TryGetValue(keys.ExternalInterface, out LogicalInterface? unit)
            || !unit.Addresses.Any(a => a.Address.Contains(':', StringComparison.Ordinal) == remote.IsVersion6))
        {
            Add($"external-interface {keys.ExternalInterface} is not configured with an {(remote.IsVersion6 ? "inet6" : "inet")} address");
        }

        if (vpn.BindInterface.Length > 0 && !interfaces.ContainsKey(vpn.BindInterface))
        {
            Add($"bind-interface {vpn.BindInterface} is not configured under interfaces");
        }

        if (keys.Spi < FirstAssignableSpi)
        {
            Add($"spi {keys.Spi} is reserved: the first is {FirstAssignableSpi}");
        }
        else if (!spis.TryAdd(keys.Spi, vpn.Name))
        {
            Add($"spi {keys.Spi} belongs to vpn {spis[keys.Spi]} already");
        }

        if (keys.Protocol == Esp.Protocol.Bundle)
        {
            CheckBundle(vpn, spis, Add);
        }
        else if (keys.AuxiliarySpi != 0)
        {
            Add("auxiliary-spi is for protocol bundle, which has an SPI of each of its two protocols");
        }
        else if (keys.Protocol == Esp.Protocol.Ah && (keys.Cipher != Esp.Cipher.Null || keys.Mac == Esp.Mac.None))
        {
            Add("protocol ah takes an authentication key and no encryption");
        }
        else if (keys.Cipher == Esp.Cipher.Null && keys.Mac == Esp.Mac.None)
        {
            Add("neither authentication nor encryption has a key");
        }

        int cipherBytes = CipherBytes(keys.Cipher);
        if (cipherBytes >= 0 && keys.CipherKey.Length != cipherBytes)
        {
            Add($"the encryption key has {keys.CipherKey.Length} bytes in place of {cipherBytes}");
        }
        else if (keys.Cipher == Esp.Cipher.AesCbc && keys.CipherKey.Length is not (16 or 24 or 32))
        {
            Add($"the encryption key has {keys.CipherKey.Length} bytes in place of 16, 24 or 32");
        }
        else if (IsWeak(keys))
        {
            Add("the encryption key is a weak or semi-weak key of DES, which anybody can undo: choose another");
        }

        int macBytes = new CryptoSuite(CipherAlgorithm.Null, 0, IkeIntentReader.Mac(keys.Mac)).MacKeyBytes;
        if (keys.MacKey.Length != macBytes)
        {
            Add($"the authentication key has {keys.MacKey.Length} bytes in place of {macBytes}");
        }
    }

    private static void CheckBundle(Vpn vpn, Dictionary<uint, string> spis, Action<string> add)
    {
        ManualKeys keys = vpn.Manual;
        if (keys.Cipher == Esp.Cipher.Null || keys.Mac == Esp.Mac.None)
        {
            add("protocol bundle takes an encryption key, for ESP, and an authentication key, for AH");
        }

        if (keys.AuxiliarySpi < FirstAssignableSpi)
        {
            add($"protocol bundle needs an auxiliary-spi, for ESP, of {FirstAssignableSpi} or more: spi is AH's");
        }
        else if (!spis.TryAdd(keys.AuxiliarySpi, vpn.Name))
        {
            add($"auxiliary-spi {keys.AuxiliarySpi} belongs to {(spis[keys.AuxiliarySpi] == vpn.Name ? "its own spi" : $"vpn {spis[keys.AuxiliarySpi]}")} already");
        }
    }

    // Every part of a triple DES key is one of DES; that two of them are the same is the operator's affair.
    private static bool IsWeak(ManualKeys keys)
    {
        bool isDes = keys.Cipher is Esp.Cipher.DesCbc or Esp.Cipher.TripleDesCbc;
        for (int at = 0; isDes && at < keys.CipherKey.Length; at += DesKey)
        {
            if (DesWeakKeys.IsWeak(CipherAlgorithm.DesCbc, keys.CipherKey.Span.Slice(at, DesKey)))
            {
                return true;
            }
        }

        return false;
    }

    // -1 for a cipher with several lengths.
    private static int CipherBytes(Esp.Cipher cipher) => cipher switch
    {
        Esp.Cipher.Null => 0,
        Esp.Cipher.DesCbc => DesKey,
        Esp.Cipher.TripleDesCbc => 3 * DesKey,
        _ => -1,
    };
}
