using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.ExceptionServices;
using RouterOS.Ike.Control.Certificates;
using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.Recording;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Ike.Control;

/// <summary>What every part of the plugin needs: the kernel's context, counters, failures, random numbers.</summary>
/// <remarks>Owned by the plugin's strand.</remarks>
internal sealed class IkeRuntime
{
    public IkeRuntime(IControlContext context)
    {
        Context = new RecordingContext(context, Acting);
        Failures = new FailureBook(() => Now, Log);
        Trace = new IkeTrace(context.Traces, Acting);
        Certificates = new CertificateStore(context.Store);
    }

    public IControlContext Context { get; }

    /// <summary>Whose work it is that runs, while a peer is recorded.</summary>
    public ActingRecorder Acting { get; } = new();

    public IkeCounters Counters { get; } = new();

    public FailureBook Failures { get; }

    public IkeTrace Trace { get; }

    public CertificateStore Certificates { get; }

    public DateTimeOffset Now => Context.Time.GetUtcNow();

    /// <summary>A cookie or anything else of 64 bits that must not be zero.</summary>
    public ulong NewCookie()
    {
        ulong cookie;
        do
        {
            cookie = BinaryPrimitives.ReadUInt64BigEndian(NewBytes(8));
        }
        while (cookie == 0);

        return cookie;
    }

    /// <summary>A number that is at least <paramref name="minimum"/> and not taken.</summary>
    public uint NewNumber(uint minimum, Func<uint, bool> taken)
    {
        uint number;
        do
        {
            number = BinaryPrimitives.ReadUInt32BigEndian(NewBytes(4));
        }
        while (number < minimum || taken(number));

        return number;
    }

    /// <summary>From 0 to 1, for jitter.</summary>
    public double NewFraction() => BinaryPrimitives.ReadUInt32BigEndian(NewBytes(4)) / (double)uint.MaxValue;

    public byte[] NewBytes(int count)
    {
        byte[] bytes = new byte[count];
        Context.Random.Fill(bytes);
        return bytes;
    }

    /// <summary>Runs work after a delay, on the strand.</summary>
    public IDisposable After(TimeSpan delay, Action work) =>
        Context.Strand.Schedule(delay < TimeSpan.Zero ? TimeSpan.Zero : delay, Acting.Current is { } recorder ? () => Run(recorder, work) : work);

    /// <summary>Lets an exception of work that nobody awaits reach the strand, and by it the supervisor.</summary>
    public void Surface(Task work) =>
        work.ContinueWith(
            t => Context.Strand.Post(() => ExceptionDispatchInfo.Throw(t.Exception!.InnerException!)),
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);

    private void Run(Recorder recorder, Action work)
    {
        using (Acting.Enter(recorder))
        {
            work();
        }
    }

    private void Log(FailureEntry entry)
    {
        IkeFailure failure = entry.Failure;
        Trace.Failure(entry);
        string text = entry.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $"{failure.Text} ({entry.Count} times)") : failure.Text;
        if (entry.Gateway.Length == 0)
        {
            IkeLog.Stranger(Context.Log, entry.Remote, text);
        }
        else if (failure.Phase == 1)
        {
            IkeLog.Phase1Failed(Context.Log, entry.Remote, entry.Gateway, text, failure.Source.Line);
        }
        else
        {
            IkeLog.Phase2Failed(Context.Log, entry.Remote, entry.Vpn, text, failure.Source.Line);
        }
    }
}
