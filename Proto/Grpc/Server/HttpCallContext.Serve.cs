using System.Globalization;
using Grpc.Core;
using Grpc.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

internal sealed partial class HttpCallContext
{
    /// <summary>Runs one call from its request to its status.</summary>
    public static async Task ServeAsync(HttpContext http, HttpCallSettings settings, Func<HttpCallContext, Task> handle)
    {
        if (!await AcceptAsync(http).ConfigureAwait(false))
        {
            return;
        }

        // A stream of requests may rest for hours and has no length.
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        using HttpCallContext context = new(http, settings);
        Status status;
        try
        {
            await handle(context).ConfigureAwait(false);
            status = context._deadlineExceeded ? DeadlinePassed() : context.Status;
        }
        catch (Exception e)
        {
            status = context.StatusOf(e);
        }

        context._over = true;
        if (!http.RequestAborted.IsCancellationRequested)
        {
            context.SendStatus(status);
        }
    }

    /// <summary>Answers a call without running a handler.</summary>
    public static Task RefuseAsync(HttpContext http, Status status)
    {
        http.Response.ContentType = GrpcNames.ContentType;
        WriteStatus(status, (name, value) => http.Response.Headers[name] = value);
        return Task.CompletedTask;
    }

    private static async ValueTask<bool> AcceptAsync(HttpContext http)
    {
        if (!HttpProtocol.IsHttp2(http.Request.Protocol) && !HttpProtocol.IsHttp3(http.Request.Protocol))
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            http.Response.Headers.Upgrade = HttpProtocol.Http2;
            return false;
        }

        if (!GrpcNames.IsGrpc(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return false;
        }

        string? encoding = http.Request.Headers[GrpcNames.Encoding];
        if (encoding is not (null or "" or GrpcNames.Identity))
        {
            http.Response.Headers[GrpcNames.AcceptEncoding] = GrpcNames.Identity;
            await RefuseAsync(http, new(Core.StatusCode.Unimplemented, $"This server takes no messages compressed with {encoding}."))
                .ConfigureAwait(false);
            return false;
        }

        return true;
    }

    private static Status DeadlinePassed() => new(Core.StatusCode.DeadlineExceeded, "The deadline passed before the handler was done.");

    private Status StatusOf(Exception exception)
    {
        if (_deadlineExceeded)
        {
            return DeadlinePassed();
        }

        if (exception is RpcException own)
        {
            foreach (Metadata.Entry entry in own.Trailers)
            {
                ResponseTrailers.Add(entry);
            }

            return own.Status;
        }

        if (_http.RequestAborted.IsCancellationRequested)
        {
            return new(Core.StatusCode.Cancelled, "The caller gave the call up.");
        }

        Settings.Log.LogError(exception, "The handler of {Method} failed.", Method);
        string detail = Settings.DetailedErrors ? $"The handler failed: {exception.GetType().Name}: {exception.Message}" : "The handler failed.";
        return new(Core.StatusCode.Unknown, detail, exception);
    }

    private void SendStatus(Status status)
    {
        if (!_hasBody && !_http.Response.HasStarted)
        {
            // Trailers-only: one block of headers that also ends the stream.
            _http.Response.ContentType = GrpcNames.ContentType;
            Send(status, (name, value) => _http.Response.Headers.Append(name, value));
        }
        else
        {
            Send(status, (name, value) => _http.Response.AppendTrailer(name, value));
        }
    }

    private void Send(Status status, Action<string, string> write)
    {
        foreach (Metadata.Entry entry in ResponseTrailers)
        {
            if (GrpcNames.IsReserved(entry.Key))
            {
                continue;
            }

            try
            {
                write(entry.Key, MetadataText.Encode(entry));
            }
            catch (RpcException e)
            {
                // The status must get through; what is wrong with the trailer becomes the status.
                status = e.Status;
            }
        }

        WriteStatus(status, write);
    }

    private static void WriteStatus(Status status, Action<string, string> write)
    {
        write(GrpcNames.Status, ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture));
        if (status.Detail.Length > 0)
        {
            write(GrpcNames.Message, StatusText.Encode(status.Detail));
        }
    }
}
