using System.Runtime.CompilerServices;

namespace RouterOS.Forwarding.Tables;

/// <summary>IPv6 gateways of all routes of a module, numbered from 1, so that a next hop keeps a number where IPv4 has the address.</summary>
/// <remarks>One writer, worker 0; any readers: a number keeps its address for a grace period after its last route.</remarks>
internal sealed unsafe class Gateways6(GracePeriod grace) : IDisposable
{
    private const uint Maximum = 1 << 18;

    private readonly Slab _addresses = new(grace, Maximum, sizeof(UInt128));
    private readonly Dictionary<UInt128, (uint Number, int References)> _numbers = [];

    /// <summary>Gateways in use.</summary>
    public int Count => _numbers.Count;

    /// <summary>The address of a number.</summary>
    public UInt128 this[uint number]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        // Safe: numbers come from Acquire, within the slab.
        get => Unsafe.ReadUnaligned<UInt128>(_addresses.Start + ((nuint)number * (nuint)sizeof(UInt128)));
    }

    /// <summary>The number for a route by this gateway; 0 when all are in use.</summary>
    public uint Acquire(UInt128 address)
    {
        if (!_numbers.TryGetValue(address, out (uint Number, int References) known))
        {
            if (!_addresses.HasRoom(1))
            {
                return 0;
            }

            known.Number = _addresses.Take();
            Unsafe.WriteUnaligned(_addresses.Start + ((nuint)known.Number * (nuint)sizeof(UInt128)), address);
        }

        _numbers[address] = (known.Number, known.References + 1);
        return known.Number;
    }

    /// <summary>A route does not go by this gateway any more.</summary>
    public void Release(uint number)
    {
        if (number == 0)
        {
            return;
        }

        UInt128 address = this[number];
        (_, int references) = _numbers[address];
        if (references > 1)
        {
            _numbers[address] = (number, references - 1);
            return;
        }

        _ = _numbers.Remove(address);
        _addresses.Retire(number);
    }

    /// <inheritdoc/>
    public void Dispose() => _addresses.Dispose();
}
