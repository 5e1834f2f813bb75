namespace RouterOS.Benchmarks;

/// <summary>Collects times of repetitions and gives their median.</summary>
internal sealed class Median
{
    private readonly List<double> _values = [];

    public double Value
    {
        get
        {
            _values.Sort();
            return _values.Count == 0 ? double.NaN : _values[_values.Count / 2];
        }
    }

    /// <summary>What a twentieth of the repetitions stay below: of many short ones, those that nothing has disturbed.</summary>
    public double Low
    {
        get
        {
            _values.Sort();
            return _values.Count == 0 ? double.NaN : _values[_values.Count / 20];
        }
    }

    public void Add(long nanoseconds, int packets) => _values.Add((double)nanoseconds / packets);
}
