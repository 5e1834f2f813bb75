namespace RouterOS.Forwarding.Tables;

/// <summary>Adjacencies of the module: (interface, gateway) pairs with a number each, shared by the routes that use them.</summary>
internal sealed class Adjacencies
{
    private readonly Dictionary<ulong, uint> _numbers = [];
    private readonly Stack<uint> _free = new();
    private Adjacency[] _rows = new Adjacency[64];
    private uint _count = 1;

    public int Count => _numbers.Count;

    public ref readonly Adjacency this[uint number] => ref _rows[number < (uint)_rows.Length ? number : 0];

    public uint Acquire(uint egress, uint gateway)
    {
        ulong key = ((ulong)egress << 32) | gateway;
        if (!_numbers.TryGetValue(key, out uint number))
        {
            if (!_free.TryPop(out number))
            {
                number = _count++;
                if (number == _rows.Length)
                {
                    Array.Resize(ref _rows, _rows.Length * 2);
                }
            }

            _numbers.Add(key, number);
            _rows[number] = new Adjacency { Interface = egress, Gateway = gateway };
        }

        _rows[number].References++;
        return number;
    }

    public void Release(uint number)
    {
        if (number == 0 || --_rows[number].References > 0)
        {
            return;
        }

        _numbers.Remove(((ulong)_rows[number].Interface << 32) | _rows[number].Gateway);
        _rows[number] = default;
        _free.Push(number);
    }
}
