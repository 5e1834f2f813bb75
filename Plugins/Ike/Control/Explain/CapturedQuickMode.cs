namespace RouterOS.Ike.Control.Explain;

/// <summary>One quick mode as a capture shows it: all of it is encrypted.</summary>
internal sealed class CapturedQuickMode(uint messageId, bool begunByInitiator)
{
    private int _messages;
    private int _first;
    private bool _answered;

    /// <summary>The initiator of phase 1 began it.</summary>
    public bool BegunByInitiator => begunByInitiator;

    /// <summary>It has a question and no answer.</summary>
    public bool IsOpen => _messages == 1 && !_answered;

    /// <summary>A message of it.</summary>
    public void Take(bool fromInitiator, int frame)
    {
        _first = _first == 0 ? frame : _first;
        bool isNext = (fromInitiator == begunByInitiator) == (_messages % 2 == 0);
        _messages += isNext && _messages < 3 ? 1 : 0;
    }

    /// <summary>The other side said something encrypted in place of an answer.</summary>
    public void Answered() => _answered = true;

    /// <summary>It in words.</summary>
    public string Describe() =>
        $"Quick mode {messageId:x8} from frame {_first} on, begun by the {(begunByInitiator ? "initiator" : "responder")}: "
        + (_messages switch
        {
            3 => "complete.",
            1 when _answered => "refused in an encrypted notification: phase 2 proposal, proxy identity or perfect forward secrecy differ.",
            1 => "no answer.",
            _ => "stopped after message 2.",
        });
}
