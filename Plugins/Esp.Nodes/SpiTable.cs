using System.Runtime.CompilerServices;

namespace RouterOS.Esp.Nodes;

/// <summary>Places of inbound SAs by SPI: open addressing, at most half full, one or two cache lines a look-up.</summary>
internal sealed class SpiTable
{
    private const uint Golden = 0x9E3779B1;

    private Entry[] _entries = new Entry[64];
    private int _shift = 32 - 6;
    private int _count;

    /// <summary>The place stored for an SPI, or 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(uint spi)
    {
        Entry[] entries = _entries;
        uint mask = (uint)entries.Length - 1;
        for (uint i = (spi * Golden) >> _shift; ; i++)
        {
            ref Entry entry = ref entries[i & mask];
            if (entry.Spi == spi || entry.Place == 0)
            {
                return entry.Place;
            }
        }
    }

    /// <summary>Stores a place (not 0) for an SPI that has none.</summary>
    public void Add(uint spi, int place)
    {
        if (++_count * 2 > _entries.Length)
        {
            Entry[] old = _entries;
            _entries = new Entry[old.Length * 2];
            _shift--;
            foreach (Entry entry in old)
            {
                if (entry.Place != 0)
                {
                    Put(entry);
                }
            }
        }

        Put(new Entry { Spi = spi, Place = place });
    }

    /// <summary>Forgets an SPI.</summary>
    public void Remove(uint spi)
    {
        uint mask = (uint)_entries.Length - 1;
        uint hole = (spi * Golden) >> _shift;
        while (_entries[hole & mask].Spi != spi)
        {
            if (_entries[hole & mask].Place == 0)
            {
                return;
            }

            hole++;
        }

        // Entries behind the hole move up when their own slot lies at or before it, so that no search stops short.
        _count--;
        for (uint next = hole + 1; _entries[next & mask].Place != 0; next++)
        {
            uint home = (_entries[next & mask].Spi * Golden) >> _shift;
            if (((next - home) & mask) >= ((next - hole) & mask))
            {
                _entries[hole & mask] = _entries[next & mask];
                hole = next;
            }
        }

        _entries[hole & mask] = default;
    }

    private void Put(Entry entry)
    {
        uint mask = (uint)_entries.Length - 1;
        uint i = (entry.Spi * Golden) >> _shift;
        while (_entries[i & mask].Place != 0)
        {
            i++;
        }

        _entries[i & mask] = entry;
    }

    private struct Entry
    {
        public uint Spi;
        public int Place;
    }
}
