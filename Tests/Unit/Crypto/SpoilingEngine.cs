using RouterOS.Abstractions.Crypto;
using RouterOS.Crypto;

namespace RouterOS.Unit.Crypto;

/// <summary>Works, but swaps a byte of the last job when one suite's batch reaches a size: a multi-buffer bug.</summary>
internal sealed unsafe class SpoilingEngine(CryptoSuite broken, int atJobs) : ICryptoEngine
{
    private readonly LibcryptoEngine _inner = new();
    private readonly HashSet<nint> _brokenKeys = [];

    public string Name => "spoiling";

    public bool Supports(CryptoSuite suite, CryptoDirection direction) => _inner.Supports(suite, direction);

    public nint CreateKey(CryptoSuite suite, CryptoDirection direction, ReadOnlySpan<byte> cipherKey, ReadOnlySpan<byte> macKey)
    {
        nint key = _inner.CreateKey(suite, direction, cipherKey, macKey);
        _ = suite == broken ? _brokenKeys.Add(key) : _brokenKeys.Remove(key);
        return key;
    }

    public void DestroyKey(nint key) => _inner.DestroyKey(key);

    public void Submit(Span<CryptoJob> jobs)
    {
        _inner.Submit(jobs);
        if (jobs.Length >= atJobs && _brokenKeys.Contains(jobs[0].Key))
        {
            *(byte*)jobs[^1].Cipher ^= 1;
        }
    }

    public void Drain() => _inner.Drain();

    public void Dispose() => _inner.Dispose();
}
