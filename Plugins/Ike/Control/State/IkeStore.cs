using System.Security.Cryptography;
using System.Text.Json;
using RouterOS.Sdk.Storage;

namespace RouterOS.Ike.Control.State;

/// <summary>What IKE keeps over a crash: protection ids, phase 1 SAs, pairs of phase 2 SAs; one sealed value each.</summary>
internal sealed class IkeStore(ISealedStore store, Action<string> unreadable, Action<string, bool>? changed = null)
{
    private const string ProtectionsName = "protections";
    private const string LeasesName = "leases";
    private const string Phase1Prefix = "phase1.";
    private const string Phase2Prefix = "phase2.";

    /// <summary>Protection id of each VPN by name; ids are never given to another VPN while their row may be alive.</summary>
    public Dictionary<string, uint> ReadProtections() => Read<Dictionary<string, uint>>(ProtectionsName) ?? [];

    public void WriteProtections(IReadOnlyDictionary<string, uint> protections) => Write(ProtectionsName, protections);

    /// <summary>Who has which address of which pool.</summary>
    public IReadOnlyList<AddressLeaseState> ReadLeases() => Read<AddressLeaseState[]>(LeasesName) ?? [];

    public void WriteLeases(IEnumerable<AddressLeaseState> leases) => Write(LeasesName, leases.ToArray());

    public IReadOnlyList<IkeSaState> ReadPhase1() => [.. ReadAll<IkeSaState>(Phase1Prefix)];

    public IReadOnlyList<IpsecSaPairState> ReadPhase2() => [.. ReadAll<IpsecSaPairState>(Phase2Prefix)];

    public void Write(IkeSaState state) => Write(Name(state), state);

    public void Write(IpsecSaPairState state) => Write(Name(state), state);

    public void Delete(IkeSaState state) => Delete(Name(state));

    public void Delete(IpsecSaPairState state) => Delete(Name(state));

    private void Delete(string name)
    {
        store.Delete(name);
        changed?.Invoke(name, false);
    }

    private static string Name(IkeSaState state) => $"{Phase1Prefix}{state.Index}";

    private static string Name(IpsecSaPairState state) => $"{Phase2Prefix}{state.InboundSpi:x8}";

    private IEnumerable<T> ReadAll<T>(string prefix)
        where T : class
    {
        foreach (string name in store.Names().Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            if (Read<T>(name) is { } state)
            {
                yield return state;
            }
        }
    }

    private T? Read<T>(string name)
        where T : class
    {
        byte[]? bytes = store.Read(name);
        if (bytes is null)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<T>(bytes);
        }
        catch (JsonException)
        {
            // Another version's value: without it one SA is negotiated again, which is better than not starting.
            unreadable(name);
            store.Delete(name);
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private void Write<T>(string name, T state)
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(state);
        store.Write(name, bytes);
        changed?.Invoke(name, true);
        CryptographicOperations.ZeroMemory(bytes);
    }
}
