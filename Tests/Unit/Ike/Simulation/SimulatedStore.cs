using RouterOS.Sdk.Storage;

namespace RouterOS.Unit.Ike.Simulation;

/// <summary>A store that outlives the router's process. Names are checked as the contract says.</summary>
internal sealed class SimulatedStore : ISealedStore
{
    public SortedDictionary<string, byte[]> Values { get; } = new(StringComparer.Ordinal);

    public int Writes { get; private set; }

    public byte[]? Read(string name) => Values.TryGetValue(name, out byte[]? value) ? [.. value] : null;

    public void Write(string name, ReadOnlySpan<byte> value)
    {
        Assert.Matches("^[A-Za-z0-9_.-]{1,64}$", name);
        Writes++;
        Values[name] = value.ToArray();
    }

    public void Delete(string name) => Values.Remove(name);

    public IReadOnlyList<string> Names() => [.. Values.Keys];
}
