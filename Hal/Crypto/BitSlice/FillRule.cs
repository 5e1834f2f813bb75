namespace RouterOS.Crypto.BitSlice;

/// <summary>Decides whether a batch fills the lanes well enough, or another engine is sooner done with it.</summary>
/// <remarks>
/// Counted in blocks of libcrypto, the measured unit of <see cref="DesKernel.CallBlocks"/>; both sides shrink by three for DES. A batch to
/// encrypt takes as many calls of the kernel as its longest packet has blocks, one to decrypt only as many as its blocks fill.
/// </remarks>
internal readonly struct FillRule
{
    // ipsec-mb with AVX-512 takes the time of five blocks of libcrypto for one block in each of its lanes, whether they are filled or not.
    private const int IpsecMbLanes = 16;
    private const int IpsecMbCallBlocks = 5;

    private readonly int _lanes;
    private readonly int _callBlocks;
    private readonly long _keyBlocks;
    private readonly bool _thinIsIpsecMb;

    public FillRule(DesKernel kernel, bool thinIsIpsecMb)
    {
        _lanes = kernel.Lanes;
        _callBlocks = kernel.CallBlocks;
        _keyBlocks = (long)kernel.KeyChangeBlocks * kernel.CallBlocks / kernel.Lanes;
        _thinIsIpsecMb = thinIsIpsecMb;
    }

    /// <summary>True when the other engine is the faster.</summary>
    public bool IsThin(long blocks, int longest, bool decrypt)
    {
        long calls = (blocks + _lanes - 1) / _lanes;
        calls = decrypt ? calls : Math.Max(calls, longest);
        long thin = _thinIsIpsecMb
            ? IpsecMbCallBlocks * Math.Max(longest, (blocks + IpsecMbLanes - 1) / IpsecMbLanes)
            : blocks;
        return thin <= (calls * _callBlocks) + _keyBlocks;
    }
}
