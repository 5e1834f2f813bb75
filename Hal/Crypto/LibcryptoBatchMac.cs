using System.Runtime.InteropServices;
using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto.Native;

namespace RouterOS.Crypto;

/// <summary>Keyed hashes by libcrypto, packet by packet: there wherever .NET is.</summary>
internal sealed unsafe class LibcryptoBatchMac : IBatchMac
{
    private readonly Libcrypto _library = Libcrypto.Require();

    /// <inheritdoc/>
    public string Name => $"libcrypto {_library.Version}";

    /// <inheritdoc/>
    public nint CreateKey(MacAlgorithm mac, ReadOnlySpan<byte> key) =>
        GCHandle.ToIntPtr(GCHandle.Alloc(new HmacKey(_library, mac, key)));

    /// <inheritdoc/>
    public void DestroyKey(MacAlgorithm mac, nint key)
    {
        GCHandle handle = GCHandle.FromIntPtr(key);
        ((HmacKey)handle.Target!).Dispose();
        handle.Free();
    }

    /// <inheritdoc/>
    public void Compute(MacAlgorithm mac, MacJob* jobs, int count)
    {
        int tagBytes = new CryptoSuite(CipherAlgorithm.Null, 0, mac).TagBytes;
        for (int i = 0; i < count; i++)
        {
            ((HmacKey)GCHandle.FromIntPtr(jobs[i].Key).Target!).Run(
                (byte*)jobs[i].Data, jobs[i].Bytes, (byte*)jobs[i].Tag, tagBytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Keys are the callers' to destroy; the library stays loaded.
    }
}
