namespace RouterOS.Ike.Control.Recording;

/// <summary>Whose work it is that runs: the recorder of the peer, along all that follows from it, or none.</summary>
/// <remarks>Costs the look at a number while nothing is recorded.</remarks>
internal sealed class ActingRecorder
{
    private readonly AsyncLocal<Recorder?> _acting = new();

    /// <summary>Recorders that are in use.</summary>
    public int InUse { get; set; }

    /// <summary>The recorder for what runs now, or null.</summary>
    public Recorder? Current => InUse == 0 ? null : _acting.Value is { IsOver: false } acting ? acting : null;

    /// <summary>What runs until the result is disposed is of a peer; its recorder, or null for none.</summary>
    public Scope Enter(Recorder? recorder)
    {
        if (recorder is null)
        {
            return default;
        }

        Recorder? before = _acting.Value;
        _acting.Value = recorder;
        return new Scope(this, before);
    }

    /// <summary>The end of what runs.</summary>
    internal readonly struct Scope(ActingRecorder owner, Recorder? before) : IDisposable
    {
        public void Dispose()
        {
            if (owner is not null)
            {
                owner._acting.Value = before;
            }
        }
    }
}
