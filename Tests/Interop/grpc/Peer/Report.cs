using Grpc.Core;

namespace RouterOS.Interop.Peer;

/// <summary>Runs cases and prints how they went.</summary>
internal static class Report
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static async Task<bool> CaseAsync(string name, Func<Task> run)
    {
        try
        {
            await run().WaitAsync(s_patience);
            Console.WriteLine($"pass {name}");
            return true;
        }
        catch (Exception e)
        {
            Console.WriteLine($"fail {name}: {e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")}");
            return false;
        }
    }

    public static void Equal<T>(T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new InvalidOperationException($"expected {expected}, got {actual}");
        }
    }

    public static async Task<RpcException> ThrowsAsync(StatusCode code, Func<Task> call)
    {
        try
        {
            await call();
        }
        catch (RpcException e) when (e.StatusCode == code)
        {
            return e;
        }

        throw new InvalidOperationException($"expected status {code}, got success");
    }
}
