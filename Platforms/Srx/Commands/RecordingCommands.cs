using Grpc.Core;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Srx.Commands;

/// <summary><c>monitor security ike</c>: recordings of one peer, for <c>routeros replay</c>.</summary>
internal static class RecordingCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        new OperationalCommand("monitor security ike", "Record one peer, its keys included, for 'routeros replay'", Record).With(
            CommandOption.Named("peer", "The peer", Values.AnyAddress("peer")),
            CommandOption.Named("write-file", "New file for the recording", Values.Text("filename")),
            CommandOption.Named("time", "Seconds after which it ends (300)", Values.Integer(1, 3600, placeholder: "seconds"))),
        new("monitor security ike stop", "End the recording of a peer", Stop),
        new("show monitor security ike", "Show the recording of a peer", Show),
    ];

    private static async Task<int> Record(CommandContext context)
    {
        if (context.Arguments.Text("peer") is not { } peer || context.Arguments.Text("write-file") is not { Length: > 0 } name)
        {
            return Refuse(context, "peer says whom to record, and write-file where it goes");
        }

        RecordRequest request = new()
        {
            Peer = peer,
            Seconds = (uint)(context.Arguments.Number("time") ?? 0),
            User = context.User,
            File = Path.GetFullPath(name),
        };
        FileStream file;
        try
        {
            file = CaptureFiles.New(request.File);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Refuse(context, problem.Message);
        }

        RecordingState? state = null;
        using (file)
        {
            Recordings.RecordingsClient client = new(context.Bus);
            try
            {
                using AsyncServerStreamingCall<RecordReply> call = client.Record(request);
                // Ctrl-C ends the recording and not the call: what is recorded still comes.
                await using CancellationTokenRegistration end = context.Cancellation.Register(
                    () => _ = client.StopRecordingAsync(new StopRecordingRequest { Peer = peer }));
                while (await call.ResponseStream.MoveNext(CancellationToken.None))
                {
                    RecordReply reply = call.ResponseStream.Current;
                    reply.File.WriteTo(file);
                    await file.FlushAsync();
                    if (reply.State is not null && state is null)
                    {
                        context.Output.WriteLine(
                            $"Recording {peer} (gateway {reply.State.Gateway}) to {request.File} for at most {reply.State.Seconds} seconds. "
                            + "Ctrl-C or 'monitor security ike stop' ends it.");
                    }

                    state = reply.State ?? state;
                }
            }
            catch (RpcException refused) when (state is null)
            {
                File.Delete(request.File);
                return Refuse(context, refused.Status.Detail);
            }
            catch (IOException problem)
            {
                return Refuse(context, problem.Message);
            }
        }

        context.Output.WriteLine($"{state!.Received} messages received and {state.Sent} sent: {state.Ended}.");
        context.Output.WriteLine($"The file holds the peer's keys. Replay it with: routeros replay {request.File}");
        return 0;
    }

    private static async Task<int> Stop(CommandContext context)
    {
        StopRecordingReply reply = await new Recordings.RecordingsClient(context.Bus).StopRecordingAsync(
            new StopRecordingRequest(), cancellationToken: context.Cancellation);
        context.Output.WriteLine($"{reply.Stopped} stopped");
        return 0;
    }

    private static async Task<int> Show(CommandContext context)
    {
        ListRecordingsReply reply = await new Recordings.RecordingsClient(context.Bus).ListRecordingsAsync(
            new ListRecordingsRequest(), cancellationToken: context.Cancellation);
        foreach (RecordingState state in reply.Recordings)
        {
            context.Output.WriteLine(
                $"{state.Peer} (gateway {state.Gateway}) by {state.User} to {state.File}: {state.Received} received, {state.Sent} sent, {state.SecondsLeft} s left");
        }

        if (reply.Recordings.Count == 0)
        {
            context.Output.WriteLine("No peer is recorded.");
        }

        return 0;
    }

    private static int Refuse(CommandContext context, string why)
    {
        context.Output.WriteLine($"error: {why}");
        return 1;
    }
}
