namespace RouterOS.Host.Processes;

/// <summary>Tells a child process when to stop: its standard input closes when the supervisor says so, or is gone.</summary>
internal static class ParentWatch
{
    /// <summary>Completes when standard input has closed.</summary>
    public static async Task Closed()
    {
        await using Stream input = Console.OpenStandardInput();
        byte[] buffer = new byte[16];
        while (await input.ReadAsync(buffer) > 0)
        {
        }
    }
}
