namespace RouterOS.Flow.Nodes;

/// <summary>
/// Numbers for the IPv6 addresses of a worker's sessions, so that a session's key has the size of IPv4's: 0 for an address that no
/// session has.
/// </summary>
/// <remarks>One worker's. As many as sessions have addresses: nobody fills it without filling the table of sessions.</remarks>
internal sealed class AddressNumbers
{
    private readonly Dictionary<UInt128, uint> _numbers = [];
    private readonly Stack<uint> _free = new();
    private UInt128[] _addresses = new UInt128[64];
    private int[] _references = new int[64];
    private uint _used;

    /// <summary>Addresses there are.</summary>
    public int Count => _numbers.Count;

    /// <summary>The address of a number that is in use.</summary>
    public UInt128 this[uint number] => _addresses[number];

    /// <summary>The number of an address; 0 for none.</summary>
    public uint Find(UInt128 address) => _numbers.GetValueOrDefault(address);

    /// <summary>The number of an address for a session that begins.</summary>
    public uint Take(UInt128 address)
    {
        if (!_numbers.TryGetValue(address, out uint number))
        {
            number = _free.TryPop(out uint again) ? again : ++_used;
            if (number >= (uint)_addresses.Length)
            {
                Array.Resize(ref _addresses, _addresses.Length * 2);
                Array.Resize(ref _references, _references.Length * 2);
            }

            _addresses[number] = address;
            _numbers.Add(address, number);
        }

        _references[number]++;
        return number;
    }

    /// <summary>A session with the address has ended.</summary>
    public void Release(uint number)
    {
        if (--_references[number] == 0)
        {
            _ = _numbers.Remove(_addresses[number]);
            _free.Push(number);
        }
    }
}
