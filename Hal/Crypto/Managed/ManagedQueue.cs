using RouterOS.Abstractions.Crypto;

namespace RouterOS.Crypto.Managed;

/// <summary>Jobs of one suite and direction, gathered until there are enough or the engine drains.</summary>
/// <remarks>They run in order of length, a group at a time: cipher and hash of a group while its bytes are in the nearest cache.</remarks>
internal sealed unsafe class ManagedQueue(
    CryptoSuite suite, CryptoDirection direction, ILaneMac mac, nint scratch, CryptoCounts* counts)
{
    private const int Capacity = 256;
    private const int Group = 16;

    private readonly nint[] _jobs = new nint[Capacity];
    private readonly int[] _lengths = new int[Capacity];
    private readonly LengthOrder _order = new();
    private readonly int _rounds = AesSchedule.Rounds(suite.CipherKeyBytes);
    private readonly int _tagBytes = suite.TagBytes;
    private int _count;

    public CryptoSuite Suite => suite;

    public CryptoDirection Direction => direction;

    public void Add(CryptoJob* job)
    {
        _jobs[_count] = (nint)job;
        _lengths[_count] = job->HashBytes;
        if (++_count == Capacity)
        {
            Run();
        }
    }

    // Safe: the contract keeps the jobs where they are until they are completed; a group's arrays have room for it.
    public void Run()
    {
        int count = _count;
        _count = 0;
        ReadOnlySpan<ushort> order = _order.Sort(_lengths.AsSpan(0, count));
        CryptoJob** group = stackalloc CryptoJob*[Group];
        for (int start = 0; start < count; start += Group)
        {
            int size = Math.Min(Group, count - start);
            for (int i = 0; i < size; i++)
            {
                group[i] = (CryptoJob*)_jobs[order[start + i]];
            }

            RunGroup(group, size);
        }
    }

    private void RunGroup(CryptoJob** group, int count)
    {
        counts->Jobs += count;
        bool encrypt = direction == CryptoDirection.Encrypt;
        bool ciphers = suite.Cipher != CipherAlgorithm.Null;
        if (ciphers && encrypt)
        {
            AesCbcLanes.Encrypt(group, count, _rounds, (byte*)scratch);
        }

        if (suite.Mac != MacAlgorithm.None)
        {
            Authenticate(group, count);
        }

        for (int i = 0; i < count; i++)
        {
            if (ciphers && !encrypt)
            {
                AesCbcLanes.Decrypt(group[i], _rounds, (byte*)scratch);
            }

            counts->Bytes += group[i]->CipherBytes;
            group[i]->Status = CryptoStatus.Completed;
        }
    }

    private void Authenticate(CryptoJob** group, int count)
    {
        LaneMessage* messages = stackalloc LaneMessage[Group];
        LaneMessage** pointers = stackalloc LaneMessage*[Group];
        for (int i = 0; i < count; i++)
        {
            CryptoJob* job = group[i];
            messages[i] = new LaneMessage
            {
                Data = (byte*)job->Hash, Tag = (byte*)job->Tag, States = ((ManagedKey*)job->Key)->States, Bytes = job->HashBytes,
                TagBytes = _tagBytes,
            };
            pointers[i] = messages + i;
        }

        for (int start = 0; start < count; start += mac.Lanes)
        {
            mac.ComputeGroup(suite.Mac, pointers + start, Math.Min(mac.Lanes, count - start));
        }
    }
}
