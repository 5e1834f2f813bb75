using Grpc.Core;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Cli;
using RouterOS.Sdk.Configuration;
using RouterOS.Srx.Layouts;
using RouterOS.Srx.Statements;

namespace RouterOS.Srx.Commands;

/// <summary><c>monitor security ipsec</c>: captures of one tunnel with the keys that open it.</summary>
internal static class CaptureCommands
{
    /// <summary>The commands.</summary>
    public static IReadOnlyList<OperationalCommand> All { get; } =
    [
        new("monitor", "Show information as it happens"),
        new("monitor security", "Show information of security as it happens"),
        new OperationalCommand("monitor security ipsec", "Write the packets of one tunnel to a file, with its keys beside it", Capture).With(
            CommandOption.Named("vpn", "Tunnel of this VPN", Values.Name("vpn-name", SrxValues.NameLength)),
            CommandOption.Named("peer", "Tunnel with this peer", Values.AnyAddress("peer")),
            CommandOption.Named("index", "Tunnel of this index", Values.Integer(1, uint.MaxValue, placeholder: "index")),
            CommandOption.Named("write-file", "New file for the packets (pcapng); the keys go to a new folder beside it", Values.Text("filename")),
            CommandOption.Named("time", "Seconds after which it ends (60)", Values.Integer(1, 3600, placeholder: "seconds")),
            CommandOption.Named("count", "Packets after which it ends", Values.Integer(1, uint.MaxValue, placeholder: "packets")),
            CommandOption.Named("size", "Bytes of the file at which it ends (10485760)", Values.Integer(4096, 1L << 30, placeholder: "bytes")),
            CommandOption.Flag("renegotiate", "Negotiate both phases anew, so that the IKE messages can be decrypted too")),
        new OperationalCommand("monitor security ipsec stop", "End captures of tunnels", Stop).With(
            CommandOption.Named("capture", "The capture of this number", Values.Integer(1, uint.MaxValue, placeholder: "number"))),
        new("show monitor", "Show what is being monitored"),
        new("show monitor security", "Show what is being monitored of security"),
        new("show monitor security ipsec", "Show captures of tunnels", Show),
    ];

    private static async Task<int> Capture(CommandContext context)
    {
        if (context.Arguments.Text("write-file") is not { Length: > 0 } name)
        {
            return Refuse(context, "write-file says where the packets go");
        }

        CaptureRequest request = new()
        {
            Vpn = context.Arguments.Text("vpn") ?? string.Empty,
            Peer = context.Arguments.Text("peer") ?? string.Empty,
            Index = (uint)(context.Arguments.Number("index") ?? 0),
            Seconds = (uint)(context.Arguments.Number("time") ?? 0),
            Packets = (uint)(context.Arguments.Number("count") ?? 0),
            Bytes = (ulong)(context.Arguments.Number("size") ?? 0),
            Renegotiate = context.Arguments.Has("renegotiate"),
            User = context.User,
            File = Path.GetFullPath(name),
        };
        CaptureFiles files;
        try
        {
            files = CaptureFiles.Create(request.File);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Refuse(context, problem.Message);
        }

        using (files)
        {
            return await Run(context, request, files);
        }
    }

    private static async Task<int> Run(CommandContext context, CaptureRequest request, CaptureFiles files)
    {
        Captures.CapturesClient client = new(context.Bus);
        CaptureState? state = null;
        try
        {
            // Ctrl-C ends the capture and not the call: what is captured still comes.
            using AsyncServerStreamingCall<CaptureReply> call = client.Capture(request);
            uint id = 0;
            // Before its number is known there is nothing to stop; number 0 would mean everybody's.
            void StopIt() => _ = id == 0 ? null : client.StopCaptureAsync(new StopCaptureRequest { Id = id });
            await using CancellationTokenRegistration end = context.Cancellation.Register(StopIt);
            while (await call.ResponseStream.MoveNext(CancellationToken.None))
            {
                CaptureReply reply = call.ResponseStream.Current;
                files.Write(reply);
                if (reply.State is not null && state is null)
                {
                    id = reply.State.Id;
                    context.Output.Write(CaptureLayout.Begin(reply.State));
                    if (context.Cancellation.IsCancellationRequested)
                    {
                        StopIt();
                    }
                }

                state = reply.State ?? state;
            }
        }
        catch (RpcException refused) when (state is null)
        {
            files.Delete();
            return Refuse(context, refused.Status.Detail);
        }
        catch (IOException problem)
        {
            return Refuse(context, problem.Message);
        }

        context.Output.Write(CaptureLayout.End(state!, files.Keys));
        return 0;
    }

    private static async Task<int> Stop(CommandContext context)
    {
        StopCaptureReply reply = await new Captures.CapturesClient(context.Bus).StopCaptureAsync(
            new StopCaptureRequest { Id = (uint)(context.Arguments.Number("capture") ?? 0) }, cancellationToken: context.Cancellation);
        context.Output.WriteLine($"{reply.Stopped} stopped");
        return 0;
    }

    private static async Task<int> Show(CommandContext context)
    {
        context.Output.Write(CaptureLayout.List(await new Captures.CapturesClient(context.Bus).ListCapturesAsync(
            new ListCapturesRequest(), cancellationToken: context.Cancellation)));
        return 0;
    }

    private static int Refuse(CommandContext context, string why)
    {
        context.Output.WriteLine($"error: {why}");
        return 1;
    }
}
