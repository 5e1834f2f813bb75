using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RouterOS.Abstractions.Ports;

namespace RouterOS.Host.Composition;

/// <summary>Where one chassis keeps its things: a state directory that lasts, and short paths for sockets and the arena that need not.</summary>
internal sealed class StatePaths
{
    // sun_path of a Unix domain socket holds 108 bytes with the final zero.
    private const int SocketPathBytes = 107;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private StatePaths(string state, string run, string arena, string socket)
    {
        State = state;
        Run = run;
        Arena = arena;
        Socket = socket;
    }

    /// <summary>Configuration, history, sealed secrets, logs: 0700.</summary>
    public string State { get; }

    /// <summary>Sockets between the chassis's own processes: 0700, gone after a reboot.</summary>
    public string Run { get; }

    /// <summary>File of run-time rows, on tmpfs where the machine has one.</summary>
    public string Arena { get; }

    /// <summary>Socket for the CLI and automation.</summary>
    public string Socket { get; }

    /// <summary>Socket of the data process.</summary>
    public string ModuleSocket => Path.Combine(Run, "module");

    /// <summary>File with the number of the data process, so that one that hangs before it has answered anybody can be found.</summary>
    public string ModuleProcess => Path.Combine(Run, "module.pid");

    /// <summary>Default state directory of a user: XDG_STATE_HOME/routeros.</summary>
    public static string DefaultState => Path.Combine(
        Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } xdg
            ? xdg
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state"),
        "routeros");

    /// <summary>Default socket: XDG_RUNTIME_DIR/routeros.sock, /run/routeros.sock for root.</summary>
    public static string DefaultSocket => Path.Combine(RuntimeDirectory, "routeros.sock");

    private static string RuntimeDirectory =>
        Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } xdg && Directory.Exists(xdg) ? xdg
        : Environment.IsPrivilegedProcess && Directory.Exists("/run") ? "/run"
        : Path.GetTempPath();

    /// <summary>Removes what need not last: sockets between processes and run-time rows.</summary>
    public void RemoveTransient()
    {
        foreach (string directory in new[] { Run, Path.GetDirectoryName(Arena)! })
        {
            if (Directory.Exists(directory))
            {
                Directory.Delete(directory, recursive: true);
            }
        }
    }

    /// <summary>Makes the directories, or says in one sentence why it cannot.</summary>
    /// <exception cref="PortException">A directory cannot be made, or a socket's path would be too long.</exception>
    public static StatePaths Prepare(string? state, string? socket)
    {
        string full = Path.GetFullPath(state ?? DefaultState);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(full)))[..12];
        string user = Environment.UserName.Length > 0 ? Environment.UserName : "user";
        string run = Path.Combine(RuntimeDirectory, string.Create(CultureInfo.InvariantCulture, $"routeros-{user}-{hash}"));
        string memory = Directory.Exists("/dev/shm") ? Path.Combine("/dev/shm", $"routeros-{user}-{hash}") : run;
        string listen = Path.GetFullPath(socket ?? DefaultSocket);
        foreach (string path in new[] { listen, Path.Combine(run, "module") })
        {
            if (Encoding.UTF8.GetByteCount(path) > SocketPathBytes)
            {
                throw new PortException($"the socket path {path} is longer than {SocketPathBytes} bytes; choose a shorter one with --socket");
            }
        }

        foreach (string directory in new[] { full, run, memory })
        {
            try
            {
                Directory.CreateDirectory(directory, OwnerOnly);
                File.SetUnixFileMode(directory, OwnerOnly);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new PortException($"the directory {directory} cannot be used: {e.Message}; choose another with --state", e);
            }
        }

        return new StatePaths(full, run, Path.Combine(memory, "arena"), listen);
    }
}
