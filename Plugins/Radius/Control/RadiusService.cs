using System.Threading.Channels;
using Grpc.Core;
using RouterOS.Proto.Radius.V1;
using RouterOS.Radius.Crypto;
using RouterOS.Radius.Wire;

namespace RouterOS.Radius.Control;

/// <summary>The contract: users and sessions of others, taken to the servers.</summary>
/// <remarks>Its methods run on the plugin's strand.</remarks>
internal sealed class RadiusService(RadiusClient client, ServerGroups groups, RadiusProofs proofs, SessionChanges changes, Action<string, string> lost)
    : Proto.Radius.V1.Radius.RadiusBase
{
    /// <inheritdoc/>
    public override Task<AccessReply> Access(AccessRequest request, ServerCallContext context)
    {
        Group? group = groups.Find(request.Group);
        if (group is null || group.Authentication.Servers.Count == 0)
        {
            return Task.FromResult(Unavailable("no RADIUS server is configured"));
        }

        if (AccessQuestion.Obstacle(request) is { } obstacle)
        {
            return Task.FromResult(new AccessReply { Outcome = AccessReply.Types.Outcome.Rejected, Reason = obstacle });
        }

        TaskCompletionSource<AccessReply> reply = new();
        client.Ask(group.Authentication, new AccessQuestion(request, proofs), group.Intent.NasIdentifier, answer =>
        {
            if (answer is null || !RadiusPacket.TryParse(answer.Packet, out RadiusPacket packet, out _))
            {
                _ = reply.TrySetResult(Unavailable(
                    $"no RADIUS server answers ({string.Join(", ", group.Authentication.Servers.Select(s => s.Policy.Name))})"));
                return;
            }

            _ = reply.TrySetResult(AccessOutcome.Read(packet, request, answer.Server.Policy.Name));
        });
        return reply.Task;
    }

    /// <inheritdoc/>
    public override Task<AccountingReply> Account(AccountingRequest request, ServerCallContext context)
    {
        request.Usage ??= new();
        ServerSet? servers = groups.Find(request.Group)?.Accounting;
        if (servers is null || servers.Servers.Count == 0)
        {
            return Task.FromResult(new AccountingReply());
        }

        TaskCompletionSource<AccountingReply> reply = new();
        client.Ask(servers, new AccountingQuestion(request, proofs), groups.Find(request.Group)!.Intent.NasIdentifier, answer =>
        {
            if (answer is null)
            {
                lost(request.Usage.Kind.ToString(), request.Session);
            }
            else
            {
                Count(answer.Server.Counters, request.Usage.Kind);
            }

            _ = reply.TrySetResult(new AccountingReply { Acknowledged = answer is not null });
        });
        return reply.Task;
    }

    /// <inheritdoc/>
    public override async Task WatchChanges(WatchChangesRequest request, IServerStreamWriter<SessionChange> responseStream, ServerCallContext context)
    {
        Channel<SessionChange> watch = changes.Watch();
        try
        {
            while (await watch.Reader.WaitToReadAsync(context.CancellationToken))
            {
                while (watch.Reader.TryRead(out SessionChange? change))
                {
                    await responseStream.WriteAsync(change);
                }
            }
        }
        finally
        {
            changes.Unwatch(watch);
        }
    }

    /// <inheritdoc/>
    public override Task<ChangeAnswered> AnswerChange(ChangeAnswer request, ServerCallContext context)
    {
        changes.Answer(request.Number, (ErrorCause)request.ErrorCause);
        return Task.FromResult(new ChangeAnswered());
    }

    /// <inheritdoc/>
    public override Task<GetStatisticsReply> GetStatistics(GetStatisticsRequest request, ServerCallContext context)
    {
        GetStatisticsReply reply = new() { Dynamic = changes.Counters.Clone() };
        reply.Servers.AddRange(groups.Servers.Select(s => RadiusShow.Of(s, client.Now)));
        return Task.FromResult(reply);
    }

    private static AccessReply Unavailable(string reason) => new() { Outcome = AccessReply.Types.Outcome.Unavailable, Reason = reason };

    private static void Count(ServerCounters counters, Proto.Aaa.V1.AccountRequest.Types.Kind kind) => _ = kind switch
    {
        Proto.Aaa.V1.AccountRequest.Types.Kind.Stop => counters.Stops++,
        Proto.Aaa.V1.AccountRequest.Types.Kind.Interim => counters.Interims++,
        _ => counters.Starts++,
    };
}
