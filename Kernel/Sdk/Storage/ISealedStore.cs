namespace RouterOS.Sdk.Storage;

/// <summary>Small values that survive the process, sealed at rest (AES-GCM under the state directory's master key).</summary>
/// <remarks>A write is atomic and durable against the loss of the process: after it returns, the old or the new value is read, never half.</remarks>
public interface ISealedStore
{
    /// <summary>Reads a value; null when there is none or when its seal is broken (which is logged).</summary>
    byte[]? Read(string name);

    /// <summary>Writes a value. Names are 1 to 64 of letters, digits, '-', '_' and '.'.</summary>
    void Write(string name, ReadOnlySpan<byte> value);

    /// <summary>Deletes a value, if it is there.</summary>
    void Delete(string name);

    /// <summary>Names of all values of this plugin.</summary>
    IReadOnlyList<string> Names();
}
