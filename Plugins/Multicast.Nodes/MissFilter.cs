namespace RouterOS.Multicast.Nodes;

/// <summary>Lets few packets without an entry go up: each (source, group) once a second, and a bounded number in all. Constant memory.</summary>
internal sealed class MissFilter
{
    /// <summary>Questions a second.</summary>
    public const int PerSecond = 500;

    private const int Places = 1024;
    private const long Second = 1_000_000_000;

    private readonly Asked[] _asked = new Asked[Places];
    private long _second = long.MinValue / 2;
    private int _inSecond;

    /// <summary>True when the packet may go up; otherwise says whether it was a repetition.</summary>
    public bool Take(long now, uint instance, uint source, uint group, out bool isRepeated)
    {
        ulong key = ((ulong)source << 32) | group;
        ref Asked place = ref _asked[((key ^ instance) * 0x9E37_79B9_7F4A_7C15) >> 54];
        isRepeated = place.Key == key && place.Instance == instance && now - place.At < Second;
        if (isRepeated)
        {
            return false;
        }

        if (now - _second >= Second)
        {
            _second = now;
            _inSecond = 0;
        }

        if (_inSecond >= PerSecond)
        {
            return false;
        }

        _inSecond++;
        place = new Asked { Key = key, Instance = instance, At = now };
        return true;
    }

    private struct Asked
    {
        public ulong Key;
        public uint Instance;
        public long At;
    }
}
