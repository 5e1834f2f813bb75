using RouterOS.Ike.Control.Policy;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Ike.Control.Diagnosis;

/// <summary>Failures as messages of the contract.</summary>
internal static class FailureMessages
{
    public static Failure Of(FailureEntry entry)
    {
        IkeFailure failure = entry.Failure;
        Failure message = new()
        {
            Kind = (Failure.Types.Kind)failure.Kind,
            Gateway = entry.Gateway,
            Vpn = entry.Vpn,
            RemoteAddress = entry.Remote,
            Message = failure.Text,
            Cause = failure.Message,
            Source = new Source { Path = failure.Source.Path, Line = failure.Source.Line },
            TimeUnixMilliseconds = entry.Time.ToUnixTimeMilliseconds(),
            Phase = (uint)failure.Phase,
            Count = entry.Count,
            Aspect = (Failure.Types.Aspect)failure.Aspect,
            TheirValue = failure.Theirs,
            OurValue = failure.Ours,
            Fix = FixWords.Of(failure),
        };
        message.Evidence.Add(failure.Evidence);
        return message;
    }
}
